using System.Diagnostics;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Logins;

/// <summary>What one version logs in with, and where.</summary>
[DebuggerDisplay("***")]
internal sealed class Login
{
    private readonly ValueSettings? _settings;

    private Login(string username, string password, ValueSettings? settings)
    {
        Username = username;
        Password = password;
        _settings = settings;
        Target = settings is null ? username : $"{username}@{settings.Text}";
    }

    /// <summary>Who logs in, and where the value names the server, where: logins with one target share a pool.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Target { get; }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Password { get; }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private string Username { get; }

    /// <summary>Reads a version's value; counts one use.</summary>
    /// <exception cref="CredentialFormatException">There is no user name, the value cannot be read, or it names another server than it may.</exception>
    public static Login Read(Credential credential, LoginTerms terms)
    {
        var pair = UsernamePassword.Parse(credential, terms.Form);
        return new Login(
            pair.Username ?? terms.Username ?? throw new CredentialFormatException(
                credential.Name,
                $"the value of version '{credential.VersionId}' has no user name, and the connection string has none",
                "Store it as JSON with the texts \"username\" and \"password\", or add Username=... to the connection string."),
            pair.Password,
            terms.SettingsOf(credential, pair));
    }

    /// <summary>Puts all but the password into what Npgsql is set up with.</summary>
    public void ApplyTo(NpgsqlConnectionStringBuilder settings)
    {
        _settings?.ApplyTo(settings);
        settings.Username = Username;
    }
}
