using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nhi.Rotation.Backends.Files;

/// <summary>A directory whose files are the fields of one value.</summary>
internal static class FieldDirectory
{
    // A secret of Kubernetes has a few keys; the bound keeps one reading's work small.
    public const int MaxFields = 64;

    // Escaping makes six characters of one at most.
    private const int WidestEscape = 6;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The names in a directory, but for those that the kubelet keeps for itself: they begin with two dots.</summary>
    public static IReadOnlyList<string> Names(string directory, string path, FileErrors errors)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(directory).Select(static entry => Path.GetFileName(entry)).Where(static name => !name.StartsWith("..", StringComparison.Ordinal)).Take(MaxFields + 1)];
        }
        catch (Exception error) when (error is DirectoryNotFoundException or UnauthorizedAccessException or IOException)
        {
            throw errors.Of(error is DirectoryNotFoundException ? FileImage.Of(FileImageState.Missing) : error is UnauthorizedAccessException ? FileImage.Of(FileImageState.Denied) : FileImage.Failed(error), path, path, maxSize: 0);
        }
    }

    /// <summary>The value: a JSON object with each file's text under its name, in the order of the names.</summary>
    public static byte[] ToJson(SortedDictionary<string, ReadOnlyMemory<byte>> fields)
    {
        // One buffer that does not grow, so that no copy stays behind.
        var buffer = new ArrayBufferWriter<byte>((fields.Sum(static field => field.Key.Length + field.Value.Length + 1) * WidestEscape) + 16);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            foreach (var (name, text) in fields)
            {
                writer.WriteString(name, text.Span);
            }

            writer.WriteEndObject();
        }

        var json = buffer.WrittenSpan.ToArray();
        buffer.Clear();
        return json;
    }
}
