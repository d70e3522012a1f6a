using System.Text;

namespace Nhi.Rotation.Http;

internal sealed class BasicStamping : Stamping
{
    private readonly string? _userName;
    private readonly ServerInValue _server;

    /// <param name="userName">The user name, or <see langword="null"/> to take it from the value.</param>
    /// <param name="server">What becomes of a server that the value names.</param>
    public BasicStamping(string? userName, ServerInValue server = ServerInValue.MustMatch)
    {
        if (server is not (ServerInValue.MustMatch or ServerInValue.Ignore))
        {
            throw new ArgumentException("Where a request goes is said by its address, so ServerInValue.Use cannot be. Take MustMatch or Ignore.", nameof(server));
        }

        if (userName is not null && FindUserNameFault(userName) is { } fault)
        {
            throw new ArgumentException($"The user name contains {fault}, which Basic authentication cannot carry.", nameof(userName));
        }

        _userName = userName;
        _server = server;
    }

    public override string HeaderName => "Authorization";

    public override Stamp Build(Credential credential) => _userName is null ? Build(credential, UsernamePassword.Parse(credential)) : Build(credential, _userName, credential.Reveal());

    public override Stamp BuildFor(Credential credential, IReadOnlyList<AllowedOrigin> origins)
    {
        if (_userName is not null || _server == ServerInValue.Ignore)
        {
            return Build(credential);
        }

        var login = UsernamePassword.Parse(credential);
        if (!origins.Any(origin => (login.Host is null || string.Equals(login.Host, origin.Host, StringComparison.OrdinalIgnoreCase)) && (login.Port ?? origin.Port) == origin.Port))
        {
            throw Other(credential, $"names another server than this client sends it to, {string.Join(" or ", origins)}");
        }

        return login.Database is null ? Build(credential, login) : throw Other(credential, "names a database or a path, and every path of the server is sent the login");
    }

    public override bool Collides(Stamping other) => string.Equals(HeaderName, other.HeaderName, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => "header 'Authorization' (Basic)";

    private HeaderStamp Build(Credential credential, UsernamePassword login) => Build(credential, login.Username ?? throw NoUserName(credential), login.Password);

    private HeaderStamp Build(Credential credential, string userName, string password)
    {
        if ((FindUserNameFault(userName) ?? FindControl(password)) is { } fault)
        {
            throw HeaderText.Refuse(credential, fault, "Basic authentication");
        }

        var text = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{password}"));
        return new HeaderStamp(credential, HeaderName, text);
    }

    private static CredentialFormatException NoUserName(Credential credential) => new(
        credential.Name,
        $"the value of version '{credential.VersionId}' has no user name in it",
        "Store it as {\"username\":\"...\",\"password\":\"...\"}, or name the user with Basic(\"user\").");

    private static CredentialFormatException Other(Credential credential, string what) => new(
        credential.Name, $"the value of version '{credential.VersionId}' {what}", "Correct the one that is wrong, take it out of the value, or say Basic(ServerInValue.Ignore).");

    private static string? FindUserNameFault(string userName) =>
        userName.Contains(':', StringComparison.Ordinal) ? "a colon in the user name" : FindControl(userName);

    // RFC 7617, section 2: neither part may contain a control character.
    private static string? FindControl(string text) => text.Any(char.IsControl) ? "a control character, such as a line break" : null;
}
