namespace Nhi.Rotation.Evidence.Reading;

/// <summary>
/// Chains out of logs, whose lines come in any order, some of them twice, and not all of them: each is put in order again. Lines wait in a file that nobody else can read and that is gone afterwards; memory has a few bytes of each.
/// </summary>
internal sealed class CollectedChains : IDisposable
{
    private readonly Dictionary<string, List<CollectedLine>> _instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _names = new(StringComparer.Ordinal);
    private readonly FileStream _lines = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), NewFile());
    private long _length;

    /// <summary>The instances whose lines were found.</summary>
    public IEnumerable<string> Instances => _instances.Keys;

    /// <summary>What is in some logs.</summary>
    public static CollectedChains Of(IEnumerable<KeyValuePair<string, Stream>> logs)
    {
        var chains = new CollectedChains();
        foreach (var (name, log) in logs)
        {
            LogScan.Read(log, line => chains.Add(name, line));
        }

        return chains;
    }

    /// <summary>Whether anything of an instance was found.</summary>
    public bool Has(string instance) => _instances.ContainsKey(instance);

    /// <summary>Where lines of an instance were found.</summary>
    public IReadOnlyList<string> Names(string instance) => _names[instance];

    /// <summary>Takes in what a file of evidence has of an instance whose lines are in logs too.</summary>
    public void AddFile(FileHead file)
    {
        using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        LogScan.Read(stream, line => Add(file.Path, line));
    }

    private void Add(string name, ReadOnlySpan<byte> sealedLine)
    {
        // A line that says nothing this tool knows has no place that it could be put at; its chain tells that it is missing.
        if (LineReader.Parse(sealedLine, isWhole: true) is not { IsSealed: true, Content: { } content } line)
        {
            return;
        }

        if (!_instances.TryGetValue(content.Instance, out var lines))
        {
            _instances.Add(content.Instance, lines = []);
            _names.Add(content.Instance, []);
        }

        if (!_names[content.Instance].Contains(name))
        {
            _names[content.Instance].Add(name);
        }

        lines.Add(new CollectedLine(content.Seq, _length, sealedLine.Length, Convert.ToUInt64(line.Hash[..16], 16)));
        _lines.Write(sealedLine);
        _length += sealedLine.Length;
    }

    /// <summary>The lines of an instance, in order, each once; two that claim one place stand both there.</summary>
    public IEnumerable<ReadLine> Read(string instance)
    {
        _lines.Flush();
        var bytes = Array.Empty<byte>();
        foreach (var line in _instances[instance].OrderBy(static line => line.Seq).ThenBy(static line => line.Mark).DistinctBy(static line => (line.Seq, line.Mark)))
        {
            bytes = bytes.Length < line.Length ? new byte[line.Length] : bytes;
            RandomAccess.Read(_lines.SafeFileHandle, bytes.AsSpan(0, line.Length), line.Offset);
            yield return LineReader.Parse(bytes.AsSpan(0, line.Length), isWhole: true);
        }
    }

    public void Dispose() => _lines.Dispose();

    private static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose, BufferSize = 1 << 20 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
