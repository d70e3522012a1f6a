using System.Text.Json;
using Nhi.Rotation.Shapes;

namespace Nhi.Rotation.Evidence.Revocations;

/// <summary>Reads a list of revocations. Strict: a revocation that is not understood is an error, never one less.</summary>
internal static class RevocationListReader
{
    public static IReadOnlyList<RevocationEntry> Read(ReadOnlyMemory<byte> json, string source)
    {
        if (!StrictJson.TryParse(json, out var document, out var problem))
        {
            throw new RevocationListException($"'{source}' {problem.Cause}. {problem.Fix}");
        }

        using (document)
        {
            if (document.RootElement.EnumerateObject().ToArray() is not [{ Name: "revoked", Value: { ValueKind: JsonValueKind.Array } array }])
            {
                throw new RevocationListException($"'{source}' is no list of revocations. Write {{ \"revoked\": [ {{ \"credential\": ..., \"version\": ..., \"why\": ... }} ] }}.");
            }

            var lines = LinesOf(json.Span);
            return [.. array.EnumerateArray().Select((element, index) => Entry(element, $"'{source}', line {lines[index]}"))];
        }
    }

    private static RevocationEntry Entry(JsonElement element, string where)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new RevocationListException($"{where}: an entry is not an object. Write {{ \"credential\": ..., \"version\": ..., \"why\": ... }}.");
        }

        var texts = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            texts.Add(property.Name, StrictJson.TextOf(property.Value));
        }

        return RevocationFields.Read(texts, where);
    }

    // Each element of the only array begins one level below it.
    private static List<long> LinesOf(ReadOnlySpan<byte> json)
    {
        const int DepthOfElements = 2;
        var lines = new List<long>();
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.CurrentDepth == DepthOfElements && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                lines.Add(json[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1);
            }
        }

        return lines;
    }
}
