using System.Diagnostics;

namespace Nhi.Rotation.Npgsql;

/// <summary>A version's value, read once.</summary>
[DebuggerDisplay("{VersionId,nq}")]
internal sealed class ParsedLogin
{
    private readonly string _username;
    private readonly string _password;

    private ParsedLogin(string versionId, string username, string password)
    {
        VersionId = versionId;
        _username = username;
        _password = password;
    }

    public string VersionId { get; }

    /// <exception cref="CredentialFormatException">There is no user name, or the value cannot be read.</exception>
    public static ParsedLogin Parse(Credential credential, string? defaultUsername)
    {
        var pair = UsernamePassword.Parse(credential);
        return new ParsedLogin(
            credential.VersionId,
            pair.Username ?? defaultUsername ?? throw new CredentialFormatException(
                credential.Name,
                $"the value of version '{credential.VersionId}' is a password alone, and the connection string has no user name",
                "Store it as JSON with the texts \"username\" and \"password\", or add Username=... to the connection string."),
            pair.Password);
    }

    public Login For(Credential credential) => new(credential, _username, _password);
}
