using System.Text.Json;
using Nhi.Rotation.Evidence.Journal;

namespace Nhi.Rotation.Cli.Reading;

/// <summary>Reads files and puts each instance's together.</summary>
internal static class EvidenceReader
{
    public static IReadOnlyList<InstanceEvidence> Read(IEnumerable<string> paths) =>
    [
        .. paths.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).Select(ReadFile)
            .GroupBy(file => file.Instance, StringComparer.Ordinal)
            .OrderBy(files => files.Key, StringComparer.Ordinal)
            .Select(files => ChainCheck.Of([.. files.OrderBy(file => file.FirstSeq)])),
    ];

    private static ReadFile ReadFile(string path)
    {
        List<ReadLine> lines = [];
        var bytes = File.ReadAllBytes(path).AsSpan();
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            lines.Add(ReadLine(end < 0 ? bytes : bytes[..end], isWhole: end >= 0));
            bytes = end < 0 ? [] : bytes[(end + 1)..];
        }

        return new ReadFile(path, lines);
    }

    private static ReadLine ReadLine(ReadOnlySpan<byte> line, bool isWhole)
    {
        var isSealed = LineSeal.TryOpen(line, out var hash);
        try
        {
            return new ReadLine(JsonSerializer.Deserialize(line, JournalJson.Lines.JournalLine), hash, isSealed, isWhole || isSealed);
        }
        catch (JsonException)
        {
            return new ReadLine(null, hash, isSealed, isWhole);
        }
    }
}
