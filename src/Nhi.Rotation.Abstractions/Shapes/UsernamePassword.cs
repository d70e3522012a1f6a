using System.Diagnostics;
using System.Text.Json.Serialization;
using Nhi.Rotation.Shapes;

namespace Nhi.Rotation;

/// <summary>A user name and a password, read from one version's value. Parse it once per version: <c>provider.Derive(UsernamePassword.Parse)</c>.</summary>
/// <remarks>Immutable and safe for concurrent use. <see cref="ToString"/>, debugger views and JSON show neither part.</remarks>
[DebuggerDisplay("***")]
public sealed class UsernamePassword
{
    private UsernamePassword(string? username, string password)
    {
        Username = username;
        Password = password;
    }

    /// <summary>The user name, or <see langword="null"/> when the value is a password alone.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public string? Username { get; }

    /// <summary>The password.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    public string Password { get; }

    /// <summary>
    /// Reads a value; reveals it once. A value whose first character is <c>{</c> is a JSON object with the texts <c>username</c> and <c>password</c>, neither of
    /// them empty, as AWS Secrets Manager stores database users; other properties (<c>host</c>, <c>engine</c>) are ignored. Any other value is a password
    /// alone, taken as it is. There is no <c>user:password</c> form: a password may contain a colon.
    /// </summary>
    /// <param name="credential">The version to read.</param>
    /// <exception cref="CredentialFormatException">
    /// The JSON is malformed, has a property twice, or lacks a field; or the password is not text. The message names the field and never shows the value.
    /// </exception>
    public static UsernamePassword Parse(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        if (!ShapeJson.IsObject(credential.RevealBytes().Span))
        {
            return new UsernamePassword(username: null, credential.Reveal());
        }

        using var json = ShapeJson.Read(credential);
        return new UsernamePassword(json.Text("username"), json.Text("password"));
    }

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";
}
