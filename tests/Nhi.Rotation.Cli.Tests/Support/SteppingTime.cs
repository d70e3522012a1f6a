namespace Nhi.Rotation.Cli.Tests.Support;

/// <summary>Time in which waiting takes no time: who waits is there at once, and what a test does meanwhile is done.</summary>
internal sealed class SteppingTime(DateTimeOffset start) : TimeProvider
{
    private TimeSpan _passed;
    private int _steps;

    /// <summary>What happens while somebody waits for the nth time, from 1.</summary>
    public Action<int> Meanwhile { get; set; } = static _ => { };

    /// <summary>How often somebody waited.</summary>
    public int Steps => _steps;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => start + _passed;

    public override long GetTimestamp() => _passed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _passed += dueTime;
        Meanwhile(++_steps);
        callback(state);
        return new Over();
    }

    private sealed class Over : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
