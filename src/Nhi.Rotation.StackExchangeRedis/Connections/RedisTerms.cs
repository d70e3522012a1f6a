using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Connections;

/// <summary>How the values of one set of options are read.</summary>
/// <param name="form">How they are written down.</param>
/// <param name="mustMatch">Whether a server and a database that they name must be the configured ones.</param>
/// <param name="configured">What is configured.</param>
internal sealed class RedisTerms(LoginForm form, bool mustMatch, ConfigurationOptions configured)
{
    private const string DefaultDatabase = "0";

    /// <summary>Any form, and nothing to compare it with.</summary>
    public static RedisTerms Plain { get; } = new(LoginForm.Any, mustMatch: false, new ConfigurationOptions());

    /// <summary>Reads a version's value; reveals it.</summary>
    /// <exception cref="CredentialFormatException">It cannot be read, or names another server or database.</exception>
    public RedisLogin Read(Credential version)
    {
        var login = UsernamePassword.Parse(version, form);
        if (form == LoginForm.Any && login is { Username: null, Host: null } && ReadConfiguration(version, login.Password) is { } own)
        {
            return own;
        }

        foreach (var host in login.Host?.Split(',') ?? [])
        {
            // Of several each has a port of its own; of an address with colons none is one.
            var parts = login.Port is null ? host.Split(':') : [host];
            RequireServer(version, parts.Length == 2 ? parts[0] : host, parts.Length == 2 ? parts[1] : login.Port?.ToString(CultureInfo.InvariantCulture));
        }

        RequireDatabase(version, login.Database);
        return new RedisLogin(login.Username, login.Password);
    }

    // What Redis itself calls a connection string: cache:6380,password=...,ssl=true.
    private RedisLogin? ReadConfiguration(Credential version, string text)
    {
        ConfigurationOptions value;
        try
        {
            value = ConfigurationOptions.Parse(text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException)
        {
            // Its message quotes content.
            return null;
        }

        if (value.EndPoints.Count == 0 || string.IsNullOrEmpty(value.Password))
        {
            return null;
        }

        foreach (var endPoint in value.EndPoints)
        {
            var (host, port) = Parts(endPoint);
            RequireServer(version, host, port);
        }

        RequireDatabase(version, value.DefaultDatabase?.ToString(CultureInfo.InvariantCulture));
        return new RedisLogin(value.User, value.Password);
    }

    private void RequireServer(Credential version, string host, string? port)
    {
        if (mustMatch && !configured.EndPoints.Select(Parts).Any(ours => string.Equals(ours.Host, host, StringComparison.OrdinalIgnoreCase) && (port is null || ours.Port is null || ours.Port == port)))
        {
            throw Different(version, "server");
        }
    }

    private void RequireDatabase(Credential version, string? database)
    {
        if (mustMatch && database is not null && database != (configured.DefaultDatabase?.ToString(CultureInfo.InvariantCulture) ?? DefaultDatabase))
        {
            throw Different(version, "database");
        }
    }

    // The library's way to say that there is none is 0: it then takes the usual one.
    private static (string Host, string? Port) Parts(EndPoint endPoint)
    {
        var (host, port) = endPoint switch
        {
            DnsEndPoint dns => (dns.Host, dns.Port),
            IPEndPoint ip => (ip.Address.ToString(), ip.Port),
            _ => (string.Empty, 0),
        };
        return (host, port == 0 ? null : port.ToString(CultureInfo.InvariantCulture));
    }

    private static CredentialFormatException Different(Credential version, string what) => new(
        version.Name,
        $"the value of version '{version.VersionId}' names another {what} than the Redis configuration",
        "Correct the one that is wrong, or set ServerInValue to Ignore.");
}
