using System.Text.Json;

namespace Nhi.Rotation.Shapes;

/// <summary>A value that is a JSON object, read strictly: no comments, no property twice. Its errors name fields and show no content.</summary>
internal sealed class ShapeJson : IDisposable
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    private readonly JsonDocument _document;
    private readonly string _name;
    private readonly string _versionId;

    private ShapeJson(JsonDocument document, Credential credential)
    {
        _document = document;
        _name = credential.Name;
        _versionId = credential.VersionId;
    }

    /// <summary>Whether a value means to be a JSON object.</summary>
    public static bool IsObject(ReadOnlySpan<byte> value) => value.TrimStart(" \t\r\n"u8).StartsWith("{"u8);

    /// <exception cref="CredentialFormatException">It is not one JSON object.</exception>
    public static ShapeJson Read(Credential credential)
    {
        try
        {
            var document = JsonDocument.Parse(credential.RevealBytes(), Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new ShapeJson(document, credential);
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // The parser's message can quote content, so it is not kept.
        }

        throw new CredentialFormatException(
            credential.Name,
            $"the value of version '{credential.VersionId}' begins as a JSON object and is not one, or has a property twice",
            "Write it with a JSON serializer, without comments and with each property once.");
    }

    /// <summary>The text of a field that has to be there and not empty.</summary>
    /// <exception cref="CredentialFormatException">It is not.</exception>
    public string Text(string field) => TextOrNull(field) is { Length: > 0 } text ? text : throw new CredentialFormatException(
        _name,
        $"the value of version '{_versionId}' has no text in the field '{field}'",
        $"Store a JSON object in which \"{field}\" is a text that is not empty.");

    public void Dispose() => _document.Dispose();

    private string? TextOrNull(string field)
    {
        try
        {
            return _document.RootElement.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: no text.
            return null;
        }
    }
}
