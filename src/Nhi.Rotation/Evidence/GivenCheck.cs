namespace Nhi.Rotation.Evidence;

/// <summary>
/// Finds out whether somebody keeps an object: it is there after a full collection that came after the library let go of it, and after another one that completed
/// <paramref name="apart"/> later or more. The first alone proves nothing: it may have begun before, and what is being used for a moment is there too.
/// </summary>
/// <param name="collection">The last full collection when the version was found to be replaced.</param>
/// <param name="now">When that was.</param>
/// <param name="wait">After how long a collection is wanted.</param>
/// <param name="apart">How far the two collections must be apart.</param>
internal sealed class GivenCheck(long collection, TimeSpan now, TimeSpan wait, TimeSpan apart)
{
    // Each further wait is twice as long, up to this many times the first: whoever lets go is found to have done so, and a collection is not for nothing all the time.
    private const int MaxFactor = 8;

    private long _seenIn = collection;
    private TimeSpan? _seenAt;
    private int _factor = 1;

    /// <summary>When a full collection is wanted.</summary>
    public TimeSpan DueAt { get; private set; } = now + wait;

    /// <summary>Whether somebody keeps it.</summary>
    public bool IsKept { get; private set; }

    /// <summary>It is still there after a collection.</summary>
    public void See(long collected, TimeSpan at)
    {
        if (collected <= _seenIn || IsKept)
        {
            return;
        }

        _seenIn = collected;
        if (_seenAt is not { } before)
        {
            _seenAt = at;
            DueAt = DueAt < at + apart ? DueAt : at + apart;
        }
        else
        {
            IsKept = at - before >= apart;
        }
    }

    /// <summary>A collection was asked for.</summary>
    public void PutOff(TimeSpan at)
    {
        DueAt = at + (apart * _factor);
        _factor = Math.Min(_factor * 2, MaxFactor);
    }
}
