using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using Nhi.Rotation.Shapes;

namespace Nhi.Rotation;

/// <summary>A user name and a password, read from one version's value. Parse it once per version: <c>provider.Derive(UsernamePassword.Parse)</c>.</summary>
/// <remarks>
/// Immutable and safe for concurrent use. <see cref="ToString"/>, debugger views and JSON show no part. What a value says of the server is not for nothing: use it, or have
/// it compared with what you are configured for (<see cref="RequireServer"/>).
/// </remarks>
[DebuggerDisplay("***")]
public sealed class UsernamePassword
{
    private readonly Credential _credential;

    private UsernamePassword(Credential credential, string? username, string password)
    {
        _credential = credential.WithoutValue();
        Username = username;
        Password = password;
    }

    /// <summary>The user name, or <see langword="null"/> when the value has none.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public string? Username { get; }

    /// <summary>The password.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public string Password { get; }

    /// <summary>The server that the value names, if it does; several as it writes them, such as <c>db1:5432,db2:5432</c>.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public string? Host { get; private init; }

    /// <summary>The TCP port that the value names, if it does.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public int? Port { get; private init; }

    /// <summary>The database that the value names, if it does: of a URL the path.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public string? Database { get; private init; }

    /// <summary>What else a connection string says, by the names that it uses, without regard to case: <c>sslmode</c>. Of JSON, nothing.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Settings { get; private init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Reads a value in any form (<see cref="LoginForm.Any"/>); reveals it.</summary>
    /// <param name="credential">The version to read.</param>
    /// <exception cref="CredentialFormatException">
    /// It has one of the forms and a mistake in it: JSON that lacks a field or has one twice, a URL without a password; or it is not text. The message never shows the value.
    /// </exception>
    public static UsernamePassword Parse(Credential credential) => Parse(credential, LoginForm.Any);

    /// <summary>
    /// Reads a value; reveals it. JSON is an object with the texts <c>username</c> and <c>password</c>, neither of them empty, as AWS Secrets Manager stores database users, and may
    /// have <c>host</c>, <c>port</c> and <c>dbname</c>. There is no <c>user:password</c> form: a password may contain a colon.
    /// </summary>
    /// <param name="credential">The version to read.</param>
    /// <param name="form">How it is written down.</param>
    /// <exception cref="CredentialFormatException">It cannot be read in that form, or is not text. The message never shows the value.</exception>
    public static UsernamePassword Parse(Credential credential, LoginForm form)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return credential.Made(Read(credential, form));
    }

    /// <summary>Compares what the value says of the server with what the app is configured for. What the value does not say is not compared.</summary>
    /// <param name="host">The server, without regard to case; <see langword="null"/> if none is configured.</param>
    /// <param name="port">The TCP port that is used.</param>
    /// <param name="database">The database; <see langword="null"/> if none is configured.</param>
    /// <returns>This login.</returns>
    /// <exception cref="CredentialFormatException">The value names another server, port or database. The message shows the configured ones and nothing of the value.</exception>
    public UsernamePassword RequireServer(string? host, int? port = null, string? database = null)
    {
        host = string.IsNullOrEmpty(host) ? null : host;
        database = string.IsNullOrEmpty(database) ? null : database;
        if (Host is not null && !string.Equals(Host, host, StringComparison.OrdinalIgnoreCase))
        {
            throw Different("server", host);
        }

        if (Port is not null && Port != port)
        {
            throw Different("port", port?.ToString(CultureInfo.InvariantCulture));
        }

        return Database is null || Database == database ? this : throw Different("database", database);
    }

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";

    private static UsernamePassword Read(Credential credential, LoginForm form)
    {
        if (form == LoginForm.Json || (form == LoginForm.Any && ShapeJson.HasOneOf(credential.RevealBytes(), "username", "password")))
        {
            return OfJson(credential);
        }

        var text = credential.Reveal();
        if (form != LoginForm.Password && (LoginOracle.TryRead(credential, text, out var parts) || LoginUrl.TryRead(credential, text, out parts) || LoginPairs.TryRead(credential, text, out parts)))
        {
            return new UsernamePassword(credential, parts.Username, parts.Password)
            {
                Host = parts.Host,
                Port = parts.Port,
                Database = parts.Database,
                Settings = parts.Settings,
            };
        }

        if (form == LoginForm.ConnectionString)
        {
            throw new CredentialFormatException(
                credential.Name,
                $"the value of version '{credential.VersionId}' is not a connection string with a login",
                "Store key=value pairs with ';' between them, or scheme://user:password@host/database.");
        }

        // A file of some tool: nobody can type such a password.
        return form == LoginForm.Any && text.AsSpan().TrimEnd("\r\n").IndexOfAny('\r', '\n') >= 0
            ? throw new CredentialFormatException(
                credential.Name,
                $"the value of version '{credential.VersionId}' has several lines and is none of the forms of a login",
                "Store {\"username\":\"...\",\"password\":\"...\"}, a connection string, a URL, or the password alone; or ask for it as a password (LoginForm.Password).")
            : new UsernamePassword(credential, username: null, text);
    }

    private static UsernamePassword OfJson(Credential credential)
    {
        using var json = ShapeJson.Read(credential);
        return new UsernamePassword(credential, json.Text("username"), json.Text("password"))
        {
            Host = json.OptionalText("host"),
            Port = json.OptionalPort("port"),
            Database = json.OptionalText("dbname") ?? json.OptionalText("database"),
        };
    }

    private CredentialFormatException Different(string what, string? configured) => new(
        _credential.Name,
        $"the value of version '{_credential.VersionId}' names another {what} than the one that is configured, {(configured is null ? "which is none" : $"'{configured}'")}",
        "Correct the one that is wrong, or take it out of the value.");
}
