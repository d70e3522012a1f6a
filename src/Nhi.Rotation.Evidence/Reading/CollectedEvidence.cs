using System.Text;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>
/// Chains out of logs, whose lines come in any order, some of them twice, and not all of them: each is put in order again. Lines wait in a file that nobody else can read and that is gone afterwards; memory has a few bytes of each.
/// Give one to <see cref="EvidenceReader"/> and ask it for the lines when that is done.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class CollectedEvidence : IDisposable
{
    // A table of nonsense names very many; so many tell enough.
    private const int MaxEdited = 1_000;

    private readonly Dictionary<string, List<CollectedLine>> _instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _names = new(StringComparer.Ordinal);
    private readonly FileStream _lines = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), NewFile());
    private readonly Dictionary<string, EditedRows> _edited = new(StringComparer.Ordinal);
    private byte[] _line = [];
    private long _length;

    /// <summary>The instances whose lines were found.</summary>
    internal IEnumerable<string> Instances => _instances.Keys.Union(_edited.Keys);

    /// <summary>The lines of an instance that came in logs, or in logs and files: in order of its chain, each once. None if all of its lines came in files.</summary>
    /// <param name="instance">Whose.</param>
    /// <returns>Each with the name of a log or file that has it.</returns>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public IEnumerable<KeyValuePair<string, string>> LinesOf(string instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return Has(instance) ? InOrder(instance).Select(line => KeyValuePair.Create(_names[instance][line.Name], Encoding.UTF8.GetString(Bytes(line)))) : [];
    }

    /// <summary>
    /// Takes in a row of a store that has lines of evidence and nothing else, as an <see cref="IEvidenceSink"/> writes them. One whose line is not the one that the row names was edited, and that is told.
    /// </summary>
    /// <param name="store">What reports call the store.</param>
    /// <param name="app">The application that the row names.</param>
    /// <param name="instance">The instance that it names.</param>
    /// <param name="number">The line's number in its chain, as the row names it.</param>
    /// <param name="line">The line, without a line break.</param>
    /// <exception cref="IOException">It cannot be kept.</exception>
    public void AddRow(string store, string app, string instance, long number, ReadOnlySpan<byte> line)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(instance);
        var read = LineReader.Parse(line, isWhole: true);
        Add(store, line, read);

        // What is sealed and not understood may be of a newer library, whose chain tells that it is missing.
        if (!read.IsSealed || (read.Content is { } content && (content.Instance != instance || content.Seq != number)))
        {
            AddEdited(instance, new EditedRows(store, app, number, 1));
        }
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
    internal IReadOnlyList<string> Names(string instance) => _names.GetValueOrDefault(instance) ?? [_edited[instance].Store];

    /// <summary>What was edited of an instance, if anything was.</summary>
    internal EditedRows? EditedOf(string instance) => _edited.GetValueOrDefault(instance);

    /// <summary>Takes in what a file of evidence has of an instance whose lines are in logs too.</summary>
    internal void AddFile(FileHead file)
    {
        using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        LogScan.Read(stream, line => Add(file.Path, line));
    }

    private void AddEdited(string instance, EditedRows one)
    {
        if (_edited.TryGetValue(instance, out var before))
        {
            _edited[instance] = before with { First = Math.Min(before.First, one.First), Rows = before.Rows + 1 };
        }
        else if (_edited.Count < MaxEdited)
        {
            _edited.Add(instance, one);
        }
    }

    private void Add(string name, ReadOnlySpan<byte> sealedLine) => Add(name, sealedLine, LineReader.Parse(sealedLine, isWhole: true));

    private void Add(string name, ReadOnlySpan<byte> sealedLine, ReadLine line)
    {
        // A line that says nothing this tool knows has no place that it could be put at; its chain tells that it is missing.
        if (line is not { IsSealed: true, Content: { } content })
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
        return (_instances.GetValueOrDefault(instance) ?? []).OrderBy(static line => line.Seq).ThenBy(static line => line.Mark).DistinctBy(static line => (line.Seq, line.Mark));
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
