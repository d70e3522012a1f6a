namespace Nhi.Rotation.Time;

/// <summary>Both clocks of one <see cref="TimeProvider"/>.</summary>
internal sealed class EngineClock
{
    private readonly long _start;

    public EngineClock(TimeProvider time)
    {
        Time = time;
        _start = time.GetTimestamp();
    }

    public TimeProvider Time { get; }

    public TimeSpan Elapsed => Time.GetElapsedTime(_start);

    public Instant Now => new(Time.GetUtcNow(), Elapsed);
}
