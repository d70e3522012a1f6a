using System.Globalization;
using System.Text.Json;

namespace Nhi.Rotation.Shapes;

/// <summary>A value that is a JSON object, read strictly. Its errors name fields and show no content.</summary>
internal sealed class ShapeJson : IDisposable
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowDuplicateProperties = true, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private readonly JsonDocument _document;
    private readonly string _name;
    private readonly string _versionId;

    private ShapeJson(JsonDocument document, Credential credential)
    {
        _document = document;
        _name = credential.Name;
        _versionId = credential.VersionId;
    }

    /// <summary>
    /// Whether a value is meant as a JSON object with one of some fields: also one with a mistake that <see cref="Read"/> refuses, such as a comma too many. Anything else that begins
    /// with a brace may be a password.
    /// </summary>
    public static bool HasOneOf(ReadOnlyMemory<byte> value, params ReadOnlySpan<string> fields)
    {
        if (!value.Span.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(value, Lenient);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                // Reading it is strict, so one in another case is a mistake that is named.
                foreach (var field in fields)
                {
                    if (property.Name.Equals(field, StringComparison.OrdinalIgnoreCase))
                    {
                        return true;
                    }
                }
            }
        }
        catch (JsonException)
        {
            // Its message quotes content.
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair in a name: it is an object, and reading it says what is wrong.
            return true;
        }

        return false;
    }

    /// <exception cref="CredentialFormatException">It is not one JSON object.</exception>
    public static ShapeJson Read(Credential credential)
    {
        return StrictJson.TryParse(credential.RevealBytes(), out var document, out var problem)
            ? new ShapeJson(document, credential)
            : throw new CredentialFormatException(credential.Name, $"the value of version '{credential.VersionId}' {problem.Cause}", problem.Fix);
    }

    /// <summary>The text of a field that has to be there and not empty.</summary>
    /// <exception cref="CredentialFormatException">It is not.</exception>
    public string Text(string field) => TextOrNull(field) is { Length: > 0 } text ? text : throw new CredentialFormatException(
        _name,
        $"the value of version '{_versionId}' has no text in the field '{field}'",
        $"Store a JSON object in which \"{field}\" is a text that is not empty.");

    /// <summary>The text of a field, or <see langword="null"/> if it is missing, null or empty.</summary>
    /// <exception cref="CredentialFormatException">It is something else.</exception>
    public string? OptionalText(string field) => IsMissing(field) ? null : Text(field);

    /// <summary>A TCP port, as a number or a text, or <see langword="null"/> if it is missing, null or empty.</summary>
    /// <exception cref="CredentialFormatException">It is something else.</exception>
    public int? OptionalPort(string field)
    {
        if (IsMissing(field))
        {
            return null;
        }

        var value = _document.RootElement.GetProperty(field);
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : TextOrNull(field);
        return TryReadPort(text, out var port)
            ? port
            : throw new CredentialFormatException(_name, $"the value of version '{_versionId}' has no port in the field '{field}'", $"Store a number from 1 to 65535 in \"{field}\".");
    }

    /// <summary>Reads a TCP port.</summary>
    public static bool TryReadPort(string? text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue;

    /// <summary>Every field that is not null: texts as they are, anything else as JSON.</summary>
    public Dictionary<string, string> All()
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in _document.RootElement.EnumerateObject().Where(static field => field.Value.ValueKind != JsonValueKind.Null))
        {
            all.Add(field.Name, field.Value.ValueKind == JsonValueKind.String ? TextOrNull(field.Name) ?? throw Broken() : field.Value.GetRawText());
        }

        return all;
    }

    public void Dispose() => _document.Dispose();

    // Which field it is has no place in it: names that nobody asked for are content.
    private CredentialFormatException Broken() => new(_name, $"the value of version '{_versionId}' has a text with half of a surrogate pair", "Write it with a JSON serializer.");

    private bool IsMissing(string field) =>
        !_document.RootElement.TryGetProperty(field, out var value)
        || value.ValueKind == JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.String && value.ValueEquals(""u8));

    private string? TextOrNull(string field) => _document.RootElement.TryGetProperty(field, out var value) ? StrictJson.TextOf(value) : null;
}
