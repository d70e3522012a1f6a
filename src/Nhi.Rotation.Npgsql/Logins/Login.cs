using System.Diagnostics;

namespace Nhi.Rotation.Npgsql.Logins;

/// <summary>What one version logs in with.</summary>
[DebuggerDisplay("***")]
internal sealed class Login
{
    private Login(string username, string password)
    {
        Username = username;
        Password = password;
    }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Username { get; }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Password { get; }

    /// <summary>Reads a version's value; counts one use.</summary>
    /// <param name="credential">The version.</param>
    /// <param name="defaultUsername">The user name of a value that is a password alone.</param>
    /// <exception cref="CredentialFormatException">There is no user name, or the value cannot be read.</exception>
    public static Login Read(Credential credential, string? defaultUsername)
    {
        var pair = UsernamePassword.Parse(credential);
        return new Login(
            pair.Username ?? defaultUsername ?? throw new CredentialFormatException(
                credential.Name,
                $"the value of version '{credential.VersionId}' is a password alone, and the connection string has no user name",
                "Store it as JSON with the texts \"username\" and \"password\", or add Username=... to the connection string."),
            pair.Password);
    }
}
