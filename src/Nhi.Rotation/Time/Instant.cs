namespace Nhi.Rotation.Time;

/// <summary>One moment on both clocks: the wall clock that backends speak, and the monotonic one that no operator can turn back.</summary>
/// <param name="Utc">Wall clock; only for what a backend dated (created, not before, expires).</param>
/// <param name="Elapsed">Monotonic time since the engine started; for every window of our own.</param>
internal readonly record struct Instant(DateTimeOffset Utc, TimeSpan Elapsed)
{
    /// <summary>Where a wall-clock moment lies on the monotonic clock, as far as can be told now.</summary>
    public TimeSpan ElapsedAt(DateTimeOffset utc) => Elapsed + (utc - Utc);

    /// <summary>Where a moment of the monotonic clock lies on the wall clock, as far as can be told now; <see langword="null"/> for none, or one beyond all calendars.</summary>
    public DateTimeOffset? UtcAt(TimeSpan? elapsed) => elapsed - Elapsed < DateTimeOffset.MaxValue - Utc ? Utc + (elapsed - Elapsed) : null;
}
