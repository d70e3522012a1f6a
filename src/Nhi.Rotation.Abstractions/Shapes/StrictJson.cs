using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Nhi.Rotation.Shapes;

/// <summary>JSON that means one thing: an object without comments, trailing commas and a property twice. What is wrong is told without any content.</summary>
internal static class StrictJson
{
    private const string Fix = "Write it with a JSON serializer, without comments and with each property once.";

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>Parses an object. The memory must stay unchanged while the document is in use.</summary>
    /// <param name="content">The JSON, in UTF-8.</param>
    /// <param name="document">The object.</param>
    /// <param name="problem">What is wrong, to be put behind the name of the content, and the fix.</param>
    public static bool TryParse(ReadOnlyMemory<byte> content, [NotNullWhen(true)] out JsonDocument? document, out (string Cause, string Fix) problem)
    {
        problem = default;
        document = null;
        try
        {
            var parsed = JsonDocument.Parse(content, Options);
            if (parsed.RootElement.ValueKind == JsonValueKind.Object)
            {
                document = parsed;
                return true;
            }

            parsed.Dispose();
            problem = ("is JSON, and not an object", "Write an object: { ... }.");
        }
        catch (JsonException e)
        {
            // The parser's message quotes content, so only the place is kept.
            problem = (e.LineNumber is { } line ? $"is not valid JSON at line {line + 1}, byte {e.BytePositionInLine + 1}" : "is not valid JSON, or has a property twice", Fix);
        }
        catch (InvalidOperationException)
        {
            problem = ("is JSON with half of a surrogate pair in a property's name", Fix);
        }

        return false;
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
