using System.Diagnostics;
using System.Text.Json.Serialization;
using Nhi.Rotation.Shapes;

namespace Nhi.Rotation;

/// <summary>
/// The JSON structure of a database secret in AWS Secrets Manager, as its rotation functions for RDS, Aurora, Redshift and DocumentDB write it. Parse it once per
/// version: <c>provider.Derive(RdsSecret.Parse)</c>.
/// </summary>
/// <remarks>
/// Immutable and safe for concurrent use. <see cref="ToString"/>, debugger views and JSON show neither user name nor password. Source: AWS Secrets Manager User
/// Guide, "JSON structure of AWS Secrets Manager database credential secrets". Secrets that RDS manages itself have a user name and a password only.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class RdsSecret
{
    private RdsSecret(ShapeJson json)
    {
        Username = json.Text("username");
        Password = json.Text("password");
        Engine = json.OptionalText("engine");
        Host = json.OptionalText("host");
        Port = json.OptionalPort("port");
        DatabaseName = json.OptionalText("dbname");
    }

    /// <summary>The kind of server, such as <c>postgres</c> or <c>mysql</c>, if it is there (<c>engine</c>).</summary>
    public string? Engine { get; }

    /// <summary>The server, if it is there (<c>host</c>).</summary>
    public string? Host { get; }

    /// <summary>The TCP port, if it is there (<c>port</c>).</summary>
    public int? Port { get; }

    /// <summary>The database, if it is there (<c>dbname</c>).</summary>
    public string? DatabaseName { get; }

    /// <summary>The user name (<c>username</c>). With alternating users it changes with each rotation.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public string Username { get; }

    /// <summary>The password (<c>password</c>).</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public string Password { get; }

    /// <summary>Reads a value; reveals it once. Other properties are ignored.</summary>
    /// <param name="credential">The version to read.</param>
    /// <exception cref="CredentialFormatException">It is not one JSON object, or a field is missing or wrong. The message names the field and never shows the value.</exception>
    public static RdsSecret Parse(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        using var json = ShapeJson.Read(credential);
        return credential.Made(new RdsSecret(json));
    }

    /// <summary>Engine, host, port and database.</summary>
    public override string ToString() => $"{Engine ?? "database"} {Host ?? "?"}:{Port?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"}/{DatabaseName}";
}
