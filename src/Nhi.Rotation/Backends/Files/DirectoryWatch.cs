namespace Nhi.Rotation.Backends.Files;

/// <summary>One operating system watch on one directory, for all who are interested in it.</summary>
internal sealed class DirectoryWatch : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<DirectorySubscription> _subscriptions = [];
    private readonly FileSystemWatcher _watcher;
    private readonly Action<DirectoryWatch> _onBroken;

    /// <summary>Starts to watch; throws what <see cref="FileSystemWatcher"/> throws.</summary>
    public DirectoryWatch(string directory, FileSystemWatcher watcher, Action<DirectoryWatch> onBroken)
    {
        Directory = directory;
        _watcher = watcher;
        _onBroken = onBroken;
        watcher.NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.CreationTime;
        watcher.Created += (_, e) => Raise(e.Name);
        watcher.Changed += (_, e) => Raise(e.Name);
        watcher.Deleted += (_, e) => Raise(e.Name);
        watcher.Renamed += OnRenamed;
        watcher.Error += OnError;
        watcher.EnableRaisingEvents = true;
    }

    public string Directory { get; }

    public DirectorySubscription Add(string? name, Action<DirectoryChange> onChange)
    {
        var subscription = new DirectorySubscription(this, name, onChange);
        lock (_gate)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    /// <summary>Ends an interest.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool Remove(DirectorySubscription subscription)
    {
        lock (_gate)
        {
            return _subscriptions.Remove(subscription) && _subscriptions.Count == 0;
        }
    }

    public void Dispose() => _watcher.Dispose();

    private void OnRenamed(object sender, RenamedEventArgs e)
    {
        Raise(e.OldName);
        Raise(e.Name);
    }

    private void OnError(object sender, ErrorEventArgs e)
    {
        _onBroken(this);
        Notify(new DirectoryChange(Directory, Name: null, e.GetException().GetType().Name));
    }

    // Windows gives no name when it could not keep up; that may concern everybody.
    private void Raise(string? name) => Notify(new DirectoryChange(Directory, name));

    private void Notify(DirectoryChange change)
    {
        DirectorySubscription[] interested;
        lock (_gate)
        {
            interested = [.. _subscriptions.Where(subscription => subscription.IsAbout(change.Name))];
        }

        foreach (var subscription in interested)
        {
            subscription.Notify(change);
        }
    }
}
