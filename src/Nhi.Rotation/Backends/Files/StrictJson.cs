using System.Text.Json;

namespace Nhi.Rotation.Backends.Files;

/// <summary>JSON that means one thing: no comments, no trailing commas, no property twice.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>Parses an object. The memory must stay unchanged while the document is in use.</summary>
    public static JsonDocument ParseObject(ReadOnlyMemory<byte> content, string path, FileErrors errors)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(content, Options);
        }
        catch (JsonException e)
        {
            // The parser's message quotes content, so only the place is kept.
            var cause = e.LineNumber is { } line ? $"is not valid JSON at line {line + 1}, byte {e.BytePositionInLine + 1}" : "is not valid JSON, or has a property twice";
            throw errors.Invalid($"'{path}' {cause}", "Write the file with a JSON serializer, without comments and with each property once.");
        }

        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            document.Dispose();
            throw errors.Invalid($"'{path}' is JSON, and not an object", "Write an object: { ... }.");
        }

        return document;
    }

    /// <summary>A string's text, or <see langword="null"/> if it is no string or has half of a surrogate pair.</summary>
    public static string? TextOf(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
