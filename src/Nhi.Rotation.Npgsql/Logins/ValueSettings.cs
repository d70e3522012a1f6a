using System.Globalization;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Logins;

/// <summary>What a value says besides user and password, as settings of Npgsql. Which there are is Npgsql's to say.</summary>
internal sealed class ValueSettings
{
    private const string FixOfDifference = "Correct the one that is wrong, or set ServerInValue: Use takes the value's, Ignore the connection string's.";

    private readonly Credential _credential;
    private readonly List<(string Name, string Text)> _settings;

    private ValueSettings(Credential credential, List<(string Name, string Text)> settings)
    {
        _credential = credential.WithoutValue();
        _settings = settings;
    }

    /// <summary>All of it, in one order: equal texts are equal settings.</summary>
    public string Text => string.Join(';', _settings.OrderBy(static one => one.Name, StringComparer.OrdinalIgnoreCase).Select(static one => $"{one.Name}={one.Text}"));

    public static ValueSettings Of(Credential credential, UsernamePassword value)
    {
        (string Name, string? Text)[] server = [("Host", value.Host), ("Port", value.Port?.ToString(CultureInfo.InvariantCulture)), ("Database", value.Database)];
        return new ValueSettings(credential, [
            .. server.Where(static one => one.Text is not null).Select(static one => (one.Name, one.Text!)),
            .. value.Settings.Select(static one => (one.Key, one.Value))]);
    }

    /// <exception cref="CredentialFormatException">Npgsql knows no such setting, or takes no such value, or it is none that a value may bring.</exception>
    public void ApplyTo(NpgsqlConnectionStringBuilder settings)
    {
        foreach (var (name, text) in _settings)
        {
            if (!TrySet(settings, name, text))
            {
                throw Wrong(
                    "has a setting besides user, password, server and database that Npgsql does not know or take",
                    "Take it out of the value, or set ServerInValue to Ignore.");
            }
        }

        if (settings.Password is not null || settings.Passfile is not null || settings.Multiplexing)
        {
            throw Wrong("sets Passfile or Multiplexing", "Take it out of the value.");
        }
    }

    /// <exception cref="CredentialFormatException">What the value names changes what is configured.</exception>
    public void RequireSame(NpgsqlConnectionStringBuilder configured, NpgsqlConnectionStringBuilder merged)
    {
        // A host without a port says nothing of the port, unless the value says it apart.
        var ours = Servers(configured, configured.Port);
        var theirs = Servers(merged, _settings.Exists(static one => one.Name == "Port") ? merged.Port : null);
        if (merged.Host != configured.Host && !theirs.All(server => ours.Any(own => own.Host.Equals(server.Host, StringComparison.OrdinalIgnoreCase))))
        {
            throw Another("Host", configured.Host);
        }

        if (merged.Host != configured.Host || _settings.Exists(static one => one.Name == "Port"))
        {
            RequirePorts(ours, theirs);
        }

        if (merged.Database != configured.Database)
        {
            throw Another("Database", configured.Database);
        }

        if (_settings.Exists(one => one.Name is not ("Host" or "Port" or "Database") && !Equals(Get(configured, one.Name), Get(merged, one.Name))))
        {
            throw Wrong("names other settings than the connection string", FixOfDifference);
        }
    }

    // As Npgsql reads them: a host may have a port of its own, and an address with colons is none.
    private static List<(string Host, string? Port)> Servers(NpgsqlConnectionStringBuilder settings, int? usual)
    {
        var port = usual?.ToString(CultureInfo.InvariantCulture);
        return [.. (settings.Host ?? string.Empty).Split(',').Select(static host => host.Trim()).Select(host => host.Split(':') is [var name, var own] ? (name, own) : (host, port))];
    }

    private void RequirePorts(List<(string Host, string? Port)> ours, List<(string Host, string? Port)> theirs)
    {
        if (!theirs.All(server => server.Port is null || ours.Any(own => own.Host.Equals(server.Host, StringComparison.OrdinalIgnoreCase) && own.Port == server.Port)))
        {
            throw Another("Port", string.Join(',', ours.Select(static own => own.Port).Distinct()));
        }
    }

    private CredentialFormatException Another(string what, string? configured) =>
        Wrong($"names another {what} than the connection string, which has {(string.IsNullOrEmpty(configured) ? "none" : $"'{configured}'")}", FixOfDifference);

    private CredentialFormatException Wrong(string cause, string fix) =>
        new(_credential.Name, $"the value of version '{_credential.VersionId}' {cause}", fix);

    private static object? Get(NpgsqlConnectionStringBuilder settings, string name)
    {
        try
        {
            return settings[name];
        }
        catch (ArgumentException)
        {
            return settings[Bare(name)];
        }
    }

    // As Npgsql names it, and as libpq does: application_name, sslmode=verify-full.
    private static bool TrySet(NpgsqlConnectionStringBuilder settings, string name, string text) =>
        TrySetExactly(settings, name, text) || TrySetExactly(settings, Bare(name), text) || TrySetExactly(settings, Bare(name), text.Replace("-", string.Empty, StringComparison.Ordinal));

    private static bool TrySetExactly(NpgsqlConnectionStringBuilder settings, string name, string text)
    {
        try
        {
            settings[name] = text;
            return true;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidCastException or OverflowException or NotSupportedException or KeyNotFoundException)
        {
            // Its message quotes both.
            return false;
        }
    }

    private static string Bare(string name) => name.Replace("_", string.Empty, StringComparison.Ordinal);
}
