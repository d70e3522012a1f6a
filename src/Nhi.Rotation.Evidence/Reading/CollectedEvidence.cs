using System.Text;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>
/// Chains out of logs, whose lines come in any order, some of them twice, and not all of them: each is put in order again. Lines wait in a file that nobody else can read and that is gone afterwards; memory has a few bytes of each.
/// Give one to <see cref="EvidenceReader"/> and ask it for the lines when that is done.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class CollectedEvidence : IDisposable
{
    private readonly Dictionary<string, List<CollectedLine>> _instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _names = new(StringComparer.Ordinal);
    private readonly FileStream _lines = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), NewFile());
    private byte[] _line = [];
    private long _length;

    /// <summary>The instances whose lines were found.</summary>
    internal IEnumerable<string> Instances => _instances.Keys;

    /// <summary>The lines of an instance that came in logs, or in logs and files: in order of its chain, each once. None if all of its lines came in files.</summary>
    /// <param name="instance">Whose.</param>
    /// <returns>Each with the name of a log or file that has it.</returns>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public IEnumerable<KeyValuePair<string, string>> LinesOf(string instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return Has(instance) ? InOrder(instance).Select(line => KeyValuePair.Create(_names[instance][line.Name], Encoding.UTF8.GetString(Bytes(line)))) : [];
    }

    /// <summary>Removes what was kept.</summary>
    public void Dispose() => _lines.Dispose();

    /// <summary>Takes in what is in some logs.</summary>
    internal void AddLogs(IEnumerable<KeyValuePair<string, Stream>> logs)
    {
        foreach (var (name, log) in logs)
        {
            LogScan.Read(log, line => Add(name, line));
        }
    }

    /// <summary>Whether anything of an instance was found.</summary>
    internal bool Has(string instance) => _instances.ContainsKey(instance);

    /// <summary>Where lines of an instance were found.</summary>
    internal IReadOnlyList<string> Names(string instance) => _names[instance];

    /// <summary>Takes in what a file of evidence has of an instance whose lines are in logs too.</summary>
    internal void AddFile(FileHead file)
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

        var names = _names[content.Instance];
        if (!names.Contains(name))
        {
            names.Add(name);
        }

        lines.Add(new CollectedLine(content.Seq, _length, sealedLine.Length, names.IndexOf(name), Convert.ToUInt64(line.Hash[..16], 16)));
        _lines.Write(sealedLine);
        _length += sealedLine.Length;
    }

    /// <summary>The lines of an instance, in order, each once; two that claim one place stand both there.</summary>
    internal IEnumerable<ReadLine> Read(string instance) => InOrder(instance).Select(line => LineReader.Parse(Bytes(line), isWhole: true));

    private IEnumerable<CollectedLine> InOrder(string instance)
    {
        _lines.Flush();
        return _instances[instance].OrderBy(static line => line.Seq).ThenBy(static line => line.Mark).DistinctBy(static line => (line.Seq, line.Mark));
    }

    // Until the next one is asked for.
    private ReadOnlySpan<byte> Bytes(CollectedLine line)
    {
        _line = _line.Length < line.Length ? new byte[line.Length] : _line;
        RandomAccess.Read(_lines.SafeFileHandle, _line.AsSpan(0, line.Length), line.Offset);
        return _line.AsSpan(0, line.Length);
    }

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
