namespace Nhi.Rotation.Evidence;

/// <summary>
/// Quiet is time that passed, and a wall clock that is set lets none pass. What is kept is dated as if the clock had never been set since the process started; what is shown is dated as the
/// clock is now.
/// </summary>
internal sealed class LedgerClock
{
    // Looked at with each sweep: a clock that is slewed moves by far less in between.
    private static readonly TimeSpan Smallest = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly long _started;
    private readonly DateTimeOffset _startedAt;
    private TimeSpan _ahead;
    private TimeSpan _set;

    public LedgerClock(TimeProvider time)
    {
        _time = time;
        _started = time.GetTimestamp();
        _startedAt = time.GetUtcNow();
    }

    public DateTimeOffset UtcNow => _time.GetUtcNow();

    /// <summary>By how much the wall clock was set ahead since the start, all in all.</summary>
    public TimeSpan Set
    {
        get
        {
            lock (_gate)
            {
                var ahead = _time.GetUtcNow() - _startedAt - _time.GetElapsedTime(_started);
                var change = ahead - _ahead;
                _ahead = ahead;
                return _set += change.Duration() < Smallest ? TimeSpan.Zero : change;
            }
        }
    }

    /// <summary>A use as the clock is now.</summary>
    public static CredentialUse Show(CredentialUse use, TimeSpan set) => set == TimeSpan.Zero ? use : use with { FirstUse = use.FirstUse + set, LastUse = use.LastUse + set };
}
