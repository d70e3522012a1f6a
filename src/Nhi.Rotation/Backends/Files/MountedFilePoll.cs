namespace Nhi.Rotation.Backends.Files;

/// <summary>
/// Looks at a file that is itself a mount. No directory tells of its changes: events are told of the directory where the file really is, and that is not in sight. A look is one
/// <c>statx</c>; where there is none, the credential's own interval remains.
/// </summary>
internal sealed class MountedFilePoll : IDisposable
{
    /// <summary>A fifteenth of the interval at which files are polled by default.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly Action _changed;
    private readonly ITimer _timer;
    private FileStamp? _stamp;
    private int _looking;

    public MountedFilePoll(string path, TimeProvider time, Action changed)
    {
        _path = path;
        _changed = changed;
        _stamp = FileStamp.Of(path);
        _timer = time.CreateTimer(static poll => ((MountedFilePoll)poll!).Look(), this, Pace, Pace);
    }

    public void Dispose() => _timer.Dispose();

    // A file system that hangs holds up one look, not one more every two seconds.
    private void Look()
    {
        if (Interlocked.Exchange(ref _looking, 1) == 1)
        {
            return;
        }

        var now = FileStamp.Of(_path);
        var isChanged = now != _stamp;
        _stamp = now;
        Volatile.Write(ref _looking, 0);
        if (isChanged)
        {
            _changed();
        }
    }
}
