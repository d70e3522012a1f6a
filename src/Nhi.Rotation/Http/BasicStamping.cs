using System.Text;

namespace Nhi.Rotation.Http;

internal sealed class BasicStamping : Stamping
{
    private readonly string? _userName;

    /// <param name="userName">The user name, or <see langword="null"/> to take it from the value.</param>
    public BasicStamping(string? userName)
    {
        if (userName is not null && FindUserNameFault(userName) is { } fault)
        {
            throw new ArgumentException($"The user name contains {fault}, which Basic authentication cannot carry.", nameof(userName));
        }

        _userName = userName;
    }

    public override string HeaderName => "Authorization";

    public override Stamp Build(Credential credential)
    {
        var (userName, password) = _userName is null ? Parse(credential) : (_userName, credential.Reveal());
        if ((FindUserNameFault(userName) ?? FindControl(password)) is { } fault)
        {
            throw HeaderText.Refuse(credential, fault, "Basic authentication");
        }

        var text = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{password}"));
        return new HeaderStamp(credential, HeaderName, text);
    }

    public override bool Collides(Stamping other) => string.Equals(HeaderName, other.HeaderName, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => "header 'Authorization' (Basic)";

    private static (string UserName, string Password) Parse(Credential credential)
    {
        var pair = UsernamePassword.Parse(credential);
        return (pair.Username ?? throw NoUserName(credential), pair.Password);
    }

    private static CredentialFormatException NoUserName(Credential credential) => new(
        credential.Name,
        $"the value of version '{credential.VersionId}' is not JSON with the texts 'username' and 'password'",
        "Store it as {\"username\":\"...\",\"password\":\"...\"}, or name the user with Basic(\"user\").");

    private static string? FindUserNameFault(string userName) =>
        userName.Contains(':', StringComparison.Ordinal) ? "a colon in the user name" : FindControl(userName);

    // RFC 7617, section 2: neither part may contain a control character.
    private static string? FindControl(string text) => text.Any(char.IsControl) ? "a control character, such as a line break" : null;
}
