namespace Nhi.Rotation.TestSupport;

/// <summary>The machine's clock, and how far a test has put its wall clock forward.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public void Add(TimeSpan shift) => Interlocked.Add(ref _shift, shift.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _shift));
}
