using System.Collections.Frozen;

namespace Nhi.Rotation.Shapes;

/// <summary>A login, and what its value says of the server, by the role that each part plays.</summary>
internal sealed class LoginParts(Credential credential)
{
    private const string Whole = "a connection string";

    // As the drivers of ADO.NET and JDBC and the URLs of libpq name them, without blanks and underscores. What else there is, is a setting.
    private static readonly FrozenDictionary<string, LoginRole> Roles = new Dictionary<string, LoginRole>(StringComparer.OrdinalIgnoreCase)
    {
        ["user"] = LoginRole.Username,
        ["username"] = LoginRole.Username,
        ["userid"] = LoginRole.Username,
        ["uid"] = LoginRole.Username,
        ["password"] = LoginRole.Password,
        ["pwd"] = LoginRole.Password,
        ["host"] = LoginRole.Host,
        ["server"] = LoginRole.Host,
        ["servername"] = LoginRole.Host,
        ["datasource"] = LoginRole.Host,
        ["address"] = LoginRole.Host,
        ["addr"] = LoginRole.Host,
        ["networkaddress"] = LoginRole.Host,
        ["port"] = LoginRole.Port,
        ["portnumber"] = LoginRole.Port,
        ["database"] = LoginRole.Database,
        ["databasename"] = LoginRole.Database,
        ["dbname"] = LoginRole.Database,
        ["initialcatalog"] = LoginRole.Database,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<LoginRole, string> _parts = [];
    private readonly Dictionary<string, string> _settings = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What a name stands for, or <see langword="null"/> if it is a setting.</summary>
    public static LoginRole? RoleOf(string name) =>
        Roles.TryGetValue(name.Replace(" ", string.Empty, StringComparison.Ordinal).Replace("_", string.Empty, StringComparison.Ordinal), out var role) ? role : null;

    /// <exception cref="CredentialFormatException">The part is there already.</exception>
    public void Add(LoginRole role, string text)
    {
        if (text.Length > 0 && !_parts.TryAdd(role, text))
        {
            throw Wrong($"names the {Name(role)} twice", "Name it once.");
        }
    }

    /// <exception cref="CredentialFormatException">It is there already.</exception>
    public void Add(string name, string text)
    {
        if (RoleOf(name) is { } role)
        {
            Add(role, text);
        }
        else if (!_settings.TryAdd(name, text))
        {
            throw Wrong("has a setting twice", "Write it once.");
        }
    }

    /// <summary>Adds a server with its port. Several stay one text: each has a port of its own.</summary>
    /// <exception cref="CredentialFormatException">There is a server already.</exception>
    public void AddHosts(string hosts, Func<string, string>? decode = null)
    {
        var colon = hosts.LastIndexOf(':');
        var isOne = !hosts.Contains(',', StringComparison.Ordinal);
        if (isOne && colon > hosts.LastIndexOf(']'))
        {
            Add(LoginRole.Port, hosts[(colon + 1)..]);
            hosts = hosts[..colon];
        }

        Add(LoginRole.Host, isOne && hosts is ['[', .. var address, ']'] ? address : decode?.Invoke(hosts) ?? hosts);
    }

    public string? Username => Find(LoginRole.Username);

    /// <exception cref="CredentialFormatException">There is none.</exception>
    public string Password => Find(LoginRole.Password) ?? throw Wrong("has no password in it", "Store the one with the password, or the password alone.");

    public string? Host => Find(LoginRole.Host);

    /// <exception cref="CredentialFormatException">It is none.</exception>
    public int? Port => Find(LoginRole.Port) is not { } text ? null : ShapeJson.TryReadPort(text, out var port) ? port : throw Wrong("has no port where it should", "Write a number from 1 to 65535; of several servers, write each port with its server.");

    public string? Database => Find(LoginRole.Database);

    /// <summary>What plays no role.</summary>
    public IReadOnlyDictionary<string, string> Settings => _settings;

    /// <summary>An error that shows nothing of the value, not even the name of a setting: that may be the rest of a password.</summary>
    public CredentialFormatException Wrong(string cause, string fix) =>
        new(credential.Name, $"the value of version '{credential.VersionId}' is {Whole} that {cause}", fix);

    private static string Name(LoginRole role) => role switch
    {
        LoginRole.Username => "user",
        LoginRole.Password => "password",
        LoginRole.Host => "server",
        LoginRole.Port => "port",
        _ => "database",
    };

    private string? Find(LoginRole role) => _parts.GetValueOrDefault(role);
}
