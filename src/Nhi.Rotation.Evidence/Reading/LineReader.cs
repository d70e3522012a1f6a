using System.Text.Json;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>Reads a file line by line, whatever its size and whatever is in it; a writer is not hindered.</summary>
internal static class LineReader
{
    /// <summary>No line of evidence is longer; what is longer is skipped and not kept.</summary>
    internal const int MaxLineBytes = 1 << 20;

    public static IEnumerable<ReadLine> Read(string path)
    {
        // Opening a pipe without a writer waits for ever. A pipe or a device has no size, and nor has a file without a line.
        if (new FileInfo(path).Length == 0)
        {
            yield break;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var buffer = new byte[64 * 1024];
        var (start, end) = (0, 0);
        var isTooLong = false;
        while (true)
        {
            var newline = buffer.AsSpan(start..end).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                yield return isTooLong ? ReadLine.Nonsense : Parse(buffer.AsSpan(start, newline), isWhole: true);
                start += newline + 1;
                isTooLong = false;
                continue;
            }

            if (end - start > MaxLineBytes)
            {
                isTooLong = true;
                start = end;
            }

            buffer.AsSpan(start..end).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var count = stream.Read(buffer.AsSpan(end));
            if (count == 0)
            {
                break;
            }

            end += count;
        }

        if (end > 0 || isTooLong)
        {
            yield return isTooLong ? ReadLine.Nonsense : Parse(buffer.AsSpan(0, end), isWhole: false);
        }
    }

    private static ReadLine Parse(ReadOnlySpan<byte> line, bool isWhole)
    {
        var isSealed = LineSeal.TryOpen(line, out var hash);
        try
        {
            var content = JsonSerializer.Deserialize(line, ChainJson.Lines.ChainLine);
            return new ReadLine(content is not null && LineBounds.Allow(content) ? content : null, hash, isSealed, isWhole || isSealed);
        }
        catch (JsonException)
        {
            return new ReadLine(null, hash, isSealed, isWhole || isSealed);
        }
    }
}
