using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Journal;

/// <summary>One instance's files: appends sealed lines, a batch in one write, and begins the next file when one is full. Not safe for concurrent use.</summary>
internal sealed class JournalFiles : IJournalPlace
{
    private readonly string _directory;
    private readonly long _maxBytes;
    private readonly ChainWriter _chain;
    private readonly string _prefix;
    private readonly Func<string, FileStream> _create;
    private readonly MemoryStream _batch = new();
    private FileStream? _file;
    private long _length;
    private long _firstLine;
    private long _lost;
    private int _number;

    public JournalFiles(string directory, long maxBytes, ChainIdentity identity, Func<string, FileStream>? create = null)
    {
        _create = create ?? Create;
        _directory = directory;
        _maxBytes = maxBytes;
        _chain = new ChainWriter(identity);
        _prefix = $"{SafeName(identity.App)}-{identity.Instance}";
    }

    public string Name => PathOf(_number);

    /// <summary>Appends lines. After an exception nothing of the batch counts as written, and the next call begins a new file.</summary>
    /// <exception cref="IOException">The disk.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written.</exception>
    public ValueTask AppendAsync(IReadOnlyList<EvidenceEvent> lines)
    {
        Append(lines);
        return ValueTask.CompletedTask;
    }

    private void Append(IReadOnlyList<EvidenceEvent> lines)
    {
        var written = _chain.Position;
        try
        {
            CheckPlace();
            foreach (var line in lines)
            {
                if (_file is null || _length + _batch.Length >= _maxBytes)
                {
                    WriteBatch();
                    written = _chain.Position;
                    Begin(line);
                }

                _chain.Append(_batch, line);
            }

            WriteBatch();
        }
        catch
        {
            _chain.Position = written;
            Abandon();
            throw;
        }
    }

    /// <summary>How many lines are gone with files that somebody removed. Asking makes it none.</summary>
    public long TakeLost()
    {
        var lost = _lost;
        _lost = 0;
        return lost;
    }

    /// <summary>Makes sure that everything is on the disk itself.</summary>
    public void Sync() => _file?.Flush(flushToDisk: true);

    public void Dispose()
    {
        _file?.Dispose();
        _batch.Dispose();
    }

    // Never an existing file, never through somebody else's link, and for the owner alone.
    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>An app's name as files have it.</summary>
    internal static string SafeName(string app) => string.Concat(app.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' ? letter : '-'));

    // Whoever removes or empties a file of a running app removes its evidence: what goes on into nothing would be missed by nobody.
    private void CheckPlace()
    {
        if (_file is not null && (new FileInfo(Name) is not { Exists: true } file || file.Length < _length))
        {
            _lost += _chain.Position.Lines - _firstLine;
            throw new FileNotFoundException("The evidence file was removed or cut.", Name);
        }
    }

    private string PathOf(int number) => Path.Combine(_directory, $"{_prefix}-{number:0000}.jsonl");

    private void Begin(EvidenceEvent first)
    {
        _file?.Dispose();
        _file = null;
        CreateDirectory(_directory);
        _file = _create(PathOf(_number + 1));
        (_length, _firstLine) = (0, _chain.Position.Lines);
        _number++;
        _chain.Begin(_batch, _number, first.At, first.Uptime);
    }

    private void WriteBatch()
    {
        if (_batch.Length == 0)
        {
            return;
        }

        _file!.Write(_batch.GetBuffer().AsSpan(0, (int)_batch.Length));
        _length += _batch.Length;
        _batch.SetLength(0);
    }

    // Whatever part of the batch reached the disk must not look like evidence that the chain goes on from, and a file without a line is none.
    private void Abandon()
    {
        _batch.SetLength(0);
        try
        {
            if (_file?.Length > _length)
            {
                _file.SetLength(_length);
            }

            _file?.Dispose();
            if (_file is not null && _length == 0)
            {
                File.Delete(Name);
                _number--;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The torn end stays and is told apart by the next file's first line.
        }

        _file = null;
    }
}
