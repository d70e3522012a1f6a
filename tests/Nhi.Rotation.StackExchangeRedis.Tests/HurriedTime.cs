namespace Nhi.Rotation.StackExchangeRedis.Tests;

/// <summary>A clock by which ten seconds are one, for tests with real servers that cannot move a clock.</summary>
internal sealed class HurriedTime : TimeProvider
{
    private const int Factor = 10;

    private readonly DateTimeOffset _start = System.GetUtcNow();
    private readonly long _started = System.GetTimestamp();

    public override long TimestampFrequency => System.TimestampFrequency / Factor;

    public override DateTimeOffset GetUtcNow() => _start + (System.GetElapsedTime(_started) * Factor);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, Hurry(dueTime), Hurry(period));

    private static TimeSpan Hurry(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / Factor;
}
