using Npgsql;

namespace Nhi.Rotation.Npgsql.Logins;

/// <summary>How the values of a data source are read.</summary>
/// <param name="Form">How they are written down.</param>
/// <param name="Server">What becomes of the server that they name.</param>
/// <param name="Configured">The connection string, as Configure left it.</param>
internal sealed record LoginTerms(LoginForm Form, ServerInValue Server, NpgsqlConnectionStringBuilder Configured)
{
    /// <summary>The user name of values that have none.</summary>
    public string? Username => Configured.Username;

    /// <summary>What the value names of the server, if it is to be used.</summary>
    /// <exception cref="CredentialFormatException">It names another server than it may, or something that Npgsql does not know.</exception>
    public ValueSettings? SettingsOf(Credential credential, UsernamePassword value)
    {
        if (Server == ServerInValue.Ignore)
        {
            return null;
        }

        var settings = ValueSettings.Of(credential, value);
        var merged = new NpgsqlConnectionStringBuilder(Configured.ConnectionString);
        settings.ApplyTo(merged);
        if (Server == ServerInValue.MustMatch)
        {
            settings.RequireSame(Configured, merged);
            return null;
        }

        return string.IsNullOrEmpty(merged.Host)
            ? throw new CredentialFormatException(
                credential.Name,
                $"the value of version '{credential.VersionId}' names no server, and the connection string has none",
                "Store it with the server, or add Host=... to the connection string.")
            : settings;
    }
}
