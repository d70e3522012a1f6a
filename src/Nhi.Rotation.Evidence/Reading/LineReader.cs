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
        var buffer = new LineBuffer(MaxLineBytes);
        var common = new CommonLines();
        do
        {
            while (buffer.TryTake(out var line, out var isTooLong))
            {
                yield return isTooLong ? ReadLine.Nonsense : Parse(line, isWhole: true, common);
            }
        }
        while (buffer.Fill(stream));

        if (buffer.IsTooLong || !buffer.Rest.IsEmpty)
        {
            yield return buffer.IsTooLong ? ReadLine.Nonsense : Parse(buffer.Rest, isWhole: false, common);
        }
    }

    /// <summary>One line.</summary>
    /// <param name="line">Its bytes.</param>
    /// <param name="isWhole">Whether a newline followed.</param>
    /// <param name="common">What reads most lines faster, where many are read.</param>
    public static ReadLine Parse(ReadOnlySpan<byte> line, bool isWhole, CommonLines? common = null)
    {
        var isSealed = LineSeal.TryOpen(line, out var hash);
        if (!MayBeEvidence(line))
        {
            return new ReadLine(null, hash, isSealed, isWhole || isSealed);
        }

        try
        {
            var content = common?.TryRead(line) ?? JsonSerializer.Deserialize(line, ChainJson.Lines.ChainLine);
            return new ReadLine(content is not null && LineBounds.Allow(content) ? content : null, hash, isSealed, isWhole || isSealed);
        }
        catch (JsonException)
        {
            return new ReadLine(null, hash, isSealed, isWhole || isSealed);
        }
    }

    // Without these no line is one, and an exception for each of a hundred million empty lines would take hours.
    private static bool MayBeEvidence(ReadOnlySpan<byte> line) => line.IndexOf("\"seq\":"u8) >= 0 && line.IndexOf("\"instance\":"u8) >= 0 && line.IndexOf("\"prev\":"u8) >= 0;
}
