namespace Nhi.Rotation.AspNetCore;

/// <summary>Lets one warning pass in 10 s: who keeps sending must not fill the log, and the count is in the evidence. Safe for concurrent use.</summary>
internal sealed class WarningPace
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private long _last = long.MinValue;

    /// <summary>Whether it is time to warn again.</summary>
    public bool MayPass(TimeProvider time)
    {
        var now = time.GetTimestamp();
        var last = Volatile.Read(ref _last);
        return (last == long.MinValue || time.GetElapsedTime(last, now) >= Interval) && Interlocked.CompareExchange(ref _last, now, last) == last;
    }
}
