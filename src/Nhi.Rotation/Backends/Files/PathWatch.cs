using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Backends.Files;

/// <summary>Watches everything that can change what one path leads to.</summary>
internal sealed class PathWatch : IDisposable
{
    // A tree that changes while watches are set is looked at again, but not for ever: polling finds what was missed.
    private const int MaxRounds = 3;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly DirectoryWatches _directories;
    private readonly ILogger _logger;

    // One delegate for all points of the path, for there are many paths.
    private readonly Action<DirectoryChange> _onChange;
    private volatile List<DirectorySubscription> _subscriptions = [];
    private volatile CancellationTokenSource? _signal;
    private volatile LastReading? _last;
    private bool _isIncomplete;
    private bool _disposed;

    public PathWatch(string path, DirectoryWatches directories, ILogger logger)
    {
        _path = path;
        _directories = directories;
        _logger = logger;
        _onChange = OnChange;
    }

    /// <summary>What was read there last, if it can be told from the outside that it is still so.</summary>
    public LastReading? Last
    {
        get => _last;
        set => _last = value;
    }

    /// <summary>
    /// A token for the next change, the same one until it fires. <see langword="null"/> if something cannot be watched, so that whoever polls asks
    /// again and does not wait for a signal that may never come.
    /// </summary>
    public IChangeToken? Watch()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return null;
            }

            for (var round = 0; round < MaxRounds && Subscribe(); round++)
            {
            }

            return _isIncomplete ? null : new CancellationChangeToken(Signal().Token);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _subscriptions.ForEach(_directories.Unsubscribe);
            _subscriptions = [];
            Interlocked.Exchange(ref _signal, null)?.Dispose();
        }
    }

    /// <summary>Watches what the path leads through now.</summary>
    /// <returns>Whether anything new is watched, so that the tree may have changed before it was.</returns>
    private bool Subscribe()
    {
        var next = new List<DirectorySubscription>();
        var isNew = false;
        string? failure = null;
        foreach (var point in WatchPoint.Of(_path))
        {
            var subscription = _subscriptions.Find(old => old.Watch.Directory == point.Directory && old.Name == point.Name && _directories.IsLive(old.Watch));
            if (subscription is null && TrySubscribe(point, ref failure) is { } added)
            {
                subscription = added;
                isNew = true;
            }

            if (subscription is not null)
            {
                next.Add(subscription);
            }
        }

        // The new ones first: a directory that is in both lists keeps its watch.
        _subscriptions.Except(next).ToList().ForEach(_directories.Unsubscribe);
        _subscriptions = next;
        Report(failure);
        return isNew;
    }

    private DirectorySubscription? TrySubscribe(WatchPoint point, ref string? failure)
    {
        try
        {
            return _directories.Subscribe(point, _onChange);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or PlatformNotSupportedException)
        {
            if (!point.IsOptional)
            {
                failure ??= $"{e.GetType().Name} for '{point.Directory}'";
            }

            return null;
        }
    }

    private void Report(string? failure)
    {
        if (failure is not null && !_isIncomplete)
        {
            Log.DirectoryNotWatched(_logger, _path, failure);
        }

        _isIncomplete = failure is not null;
    }

    private CancellationTokenSource Signal()
    {
        if (_signal is { } waiting)
        {
            return waiting;
        }

        var fresh = new CancellationTokenSource();
        return Interlocked.CompareExchange(ref _signal, fresh, null) ?? fresh;
    }

    private void OnChange(DirectoryChange change)
    {
        if (change.Error is not null)
        {
            Log.DirectoryEventsLost(_logger, _path, change.Directory, change.Error);
        }

        if (change.Name is not null)
        {
            DiscardWatchesBelow(Path.Join(change.Directory, change.Name));
        }

        // Listeners run on the pool, so that none of them can block or end the thread that brings the events.
        _ = Interlocked.Exchange(ref _signal, null)?.CancelAsync();
    }

    /// <summary>What has this path now may be another directory than the one that is watched.</summary>
    private void DiscardWatchesBelow(string path)
    {
        foreach (var subscription in _subscriptions)
        {
            var directory = subscription.Watch.Directory;
            if (directory.StartsWith(path, StringComparison.Ordinal) && (directory.Length == path.Length || directory[path.Length] == Path.DirectorySeparatorChar))
            {
                _directories.Discard(subscription.Watch);
            }
        }
    }
}
