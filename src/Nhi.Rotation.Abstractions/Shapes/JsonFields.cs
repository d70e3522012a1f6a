using System.Diagnostics;
using Nhi.Rotation.Shapes;

namespace Nhi.Rotation;

/// <summary>A value that is a JSON object, by its fields. Parse it once per version: <c>provider.Derive(JsonFields.Parse)</c>.</summary>
/// <remarks>Immutable and safe for concurrent use. <see cref="ToString"/>, debugger views and JSON show no field.</remarks>
[DebuggerDisplay("***")]
public sealed class JsonFields
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly Dictionary<string, string> _fields;

    private readonly string _credentialName;
    private readonly string _versionId;

    private JsonFields(Credential credential, Dictionary<string, string> fields)
    {
        _credentialName = credential.Name;
        _versionId = credential.VersionId;
        _fields = fields;
    }

    /// <summary>A field: a text as it is, anything else as JSON. Names are compared with case.</summary>
    /// <param name="field">Its name.</param>
    /// <exception cref="CredentialFormatException">The field is missing, null or empty. The message names it and never shows the value.</exception>
    public string Text(string field) => Find(field) ?? throw new CredentialFormatException(
        _credentialName, $"the value of version '{_versionId}' has nothing in the field '{field}'", $"Store a JSON object in which \"{field}\" is a text that is not empty.");

    /// <summary>A field, or <see langword="null"/> if it is missing, null or empty.</summary>
    /// <param name="field">Its name.</param>
    public string? Find(string field) => _fields.GetValueOrDefault(field) is { Length: > 0 } text ? text : null;

    /// <summary>Reads a value; reveals it once.</summary>
    /// <param name="credential">The version to read.</param>
    /// <exception cref="CredentialFormatException">It is not one JSON object, or has a property twice. The message never shows the value.</exception>
    public static JsonFields Parse(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        using var json = ShapeJson.Read(credential);
        return credential.Made(new JsonFields(credential, json.All()));
    }

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";
}
