using Microsoft.Extensions.Time.Testing;

namespace Nhi.Rotation.Tests.Support;

/// <summary>Fake time whose wall clock can be set without the monotonic one noticing, as an operator or NTP does.</summary>
internal sealed class TwoClocks : TimeProvider
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private TimeSpan _wallOffset;

    public override long TimestampFrequency => _time.TimestampFrequency;

    public void Advance(TimeSpan by) => _time.Advance(by);

    public void SetWallClock(TimeSpan by) => _wallOffset += by;

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow() + _wallOffset;

    public override long GetTimestamp() => _time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _time.CreateTimer(callback, state, dueTime, period);
}
