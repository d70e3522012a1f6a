namespace Nhi.Rotation.Backends.Files;

/// <summary>
/// The watched directories of the process, each once however many credentials are in it: a <see cref="FileSystemWatcher"/> costs a thread and
/// one of the 128 inotify instances that Linux allows a user by default.
/// </summary>
internal sealed class DirectoryWatches
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DirectoryWatch> _live = new(StringComparer.Ordinal);
    private readonly Func<string, FileSystemWatcher> _create;

    public DirectoryWatches(Func<string, FileSystemWatcher> create)
    {
        _create = create;
    }

    public static DirectoryWatches Shared { get; } = new(static directory => new FileSystemWatcher(directory));

    /// <summary>How many directories are watched.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _live.Count;
            }
        }
    }

    /// <summary>Whether a watch still watches the directory that now has its path.</summary>
    public bool IsLive(DirectoryWatch watch)
    {
        lock (_gate)
        {
            return _live.GetValueOrDefault(watch.Directory) == watch;
        }
    }

    /// <summary>Watches; throws what <see cref="FileSystemWatcher"/> throws.</summary>
    public DirectorySubscription Subscribe(WatchPoint point, Action<DirectoryChange> onChange)
    {
        lock (_gate)
        {
            if (!_live.TryGetValue(point.Directory, out var watch))
            {
                watch = Start(point.Directory);
                _live.Add(point.Directory, watch);
            }

            return watch.Add(point.Name, onChange);
        }
    }

    public void Unsubscribe(DirectorySubscription subscription)
    {
        var watch = subscription.Watch;
        lock (_gate)
        {
            if (!watch.Remove(subscription))
            {
                return;
            }

            Forget(watch);
        }

        watch.Dispose();
    }

    /// <summary>Gives up a watch that may be dead. Whoever subscribes next gets a new one; this one is disposed with its last subscription.</summary>
    public void Discard(DirectoryWatch watch)
    {
        lock (_gate)
        {
            Forget(watch);
        }
    }

    private DirectoryWatch Start(string directory)
    {
        var watcher = _create(directory);
        try
        {
            return new DirectoryWatch(directory, watcher, Discard);
        }
        catch
        {
            watcher.Dispose();
            throw;
        }
    }

    private void Forget(DirectoryWatch watch)
    {
        if (_live.GetValueOrDefault(watch.Directory) == watch)
        {
            _live.Remove(watch.Directory);
        }
    }
}
