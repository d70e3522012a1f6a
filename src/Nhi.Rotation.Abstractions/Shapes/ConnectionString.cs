using System.Data.Common;
using System.Diagnostics;
using System.Text.Json.Serialization;

namespace Nhi.Rotation;

/// <summary>An ADO.NET connection string. Parse it once per version: <c>provider.Derive(ConnectionString.Parse)</c>.</summary>
/// <remarks>
/// Immutable and safe for concurrent use. <see cref="ToString"/>, debugger views and JSON show the server and the database, and no other field: every driver has
/// its own names for a password.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class ConnectionString
{
    private static readonly string[] Shown = ["Server", "Host", "Data Source", "Address", "Addr", "Network Address", "Port", "Database", "Initial Catalog"];

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly DbConnectionStringBuilder _fields;

    private ConnectionString(string text, DbConnectionStringBuilder fields)
    {
        Text = text;
        _fields = fields;
    }

    /// <summary>The whole connection string, with its password.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public string Text { get; }

    /// <summary>A field by the name that the text uses, without regard to case, or <see langword="null"/>. Drivers' synonyms are not known here.</summary>
    /// <param name="field">The name, such as <c>Password</c>.</param>
    public string? Find(string field) => _fields.TryGetValue(field, out var value) ? value as string : null;

    /// <summary>Reads a value; reveals it once.</summary>
    /// <param name="credential">The version to read.</param>
    /// <exception cref="CredentialFormatException">It is no connection string. The message never shows the value.</exception>
    public static ConnectionString Parse(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        var text = credential.Reveal();
        var fields = new DbConnectionStringBuilder();
        try
        {
            fields.ConnectionString = text;
            if (fields.Count > 0)
            {
                return credential.Made(new ConnectionString(text, fields));
            }
        }
        catch (ArgumentException)
        {
            // Its message may quote content.
        }

        throw new CredentialFormatException(
            credential.Name,
            $"the value of version '{credential.VersionId}' is not a connection string",
            "Store key=value pairs with ';' between them; put a value with ';' or '=' into double quotes.");
    }

    /// <summary>The fields that say where the database is.</summary>
    public override string ToString() => string.Join(';', Shown.Select(name => (name, value: Find(name))).Where(static field => field.value is not null).Select(static field => $"{field.name}={field.value}"));
}
