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
    private readonly WatchParts _parts;

    // One delegate for all points of the path, for there are many paths.
    private readonly Action<DirectoryChange> _onChange;
    private volatile List<DirectorySubscription> _subscriptions = [];
    private volatile CancellationTokenSource? _signal;
    private volatile LastReading? _last;
    private volatile PlaceWatched? _place;
    private MountedFilePoll? _poll;
    private bool _disposed;

    public PathWatch(string path, WatchParts parts)
    {
        _path = path;
        _parts = parts;
        _onChange = OnChange;
    }

    /// <summary>How changes are found; <see langword="null"/> before anybody watched.</summary>
    public WatchStanding? Standing => _place?.Standing;

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

            var (place, isNew) = Subscribe();
            for (var round = 1; round < MaxRounds && isNew; round++)
            {
                (place, isNew) = Subscribe();
            }

            Settle(place);
            return place.Failure is null ? new CancellationChangeToken(Signal().Token) : null;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _subscriptions.ForEach(_parts.Directories.Unsubscribe);
            _subscriptions = [];
            _poll?.Dispose();
            Interlocked.Exchange(ref _signal, null)?.Dispose();
        }
    }

    /// <summary>Watches what the path leads through now.</summary>
    /// <returns>What was found there, and whether anything new is watched, so that the tree may have changed before it was.</returns>
    private (PlaceWatched Place, bool IsNew) Subscribe()
    {
        var next = new List<DirectorySubscription>();
        var isNew = false;
        string? failure = null;
        var points = WatchPoint.Of(_path, out var real);
        foreach (var point in points)
        {
            var subscription = _subscriptions.Find(old => old.Watch.Directory == point.Directory && old.Name == point.Name && _parts.Directories.IsLive(old.Watch));
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
        _subscriptions.Except(next).ToList().ForEach(_parts.Directories.Unsubscribe);
        _subscriptions = next;
        return (PlaceWatched.Of(real, failure, _parts.Mounts, _place), isNew);
    }

    private DirectorySubscription? TrySubscribe(WatchPoint point, ref string? failure)
    {
        try
        {
            return _parts.Directories.Subscribe(point, _onChange);
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

    /// <summary>Tells what is new of the place, and looks at it from time to time if nothing else does.</summary>
    private void Settle(PlaceWatched place)
    {
        if (place.Failure is { } failure && _place?.Failure is null)
        {
            Log.DirectoryNotWatched(_parts.Logger, _path, failure);
        }

        if (place.IsMount && _place is not { IsMount: true })
        {
            Log.FileIsMount(_parts.Logger, _path, MountedFilePoll.Pace);
        }

        if (place.IsMount)
        {
            _poll ??= new MountedFilePoll(_path, _parts.Time, Fire);
        }
        else
        {
            _poll?.Dispose();
            _poll = null;
        }

        _place = place;
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
            Log.DirectoryEventsLost(_parts.Logger, _path, change.Directory, change.Error);
        }

        if (change.Name is not null)
        {
            DiscardWatchesBelow(Path.Join(change.Directory, change.Name));
        }

        Fire();
    }

    // Listeners run on the pool, so that none of them can block or end the thread that brings the events.
    private void Fire() => _ = Interlocked.Exchange(ref _signal, null)?.CancelAsync();

    /// <summary>What has this path now may be another directory than the one that is watched.</summary>
    private void DiscardWatchesBelow(string path)
    {
        foreach (var subscription in _subscriptions)
        {
            var directory = subscription.Watch.Directory;
            if (directory.StartsWith(path, StringComparison.Ordinal) && (directory.Length == path.Length || directory[path.Length] == Path.DirectorySeparatorChar))
            {
                _parts.Directories.Discard(subscription.Watch);
            }
        }
    }
}
