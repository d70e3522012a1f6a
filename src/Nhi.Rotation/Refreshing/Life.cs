namespace Nhi.Rotation.Refreshing;

/// <summary>From when to when a version is valid, on the monotonic clock.</summary>
internal readonly record struct Life(TimeSpan StartsAt, TimeSpan EndsAt)
{
    // Two clocks that are read one after the other do not agree to the tick.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    /// <summary>That of a version that does not expire.</summary>
    public static Life Endless { get; } = new(TimeSpan.Zero, TimeSpan.MaxValue);

    /// <summary>Whether it ends, and starts, when the other one does.</summary>
    public bool IsSameAs(Life other) => IsNear(StartsAt, other.StartsAt) && IsNear(EndsAt, other.EndsAt);

    /// <summary>Whether it starts when the other one does, and ends later: the same one, with its end put off.</summary>
    public bool IsLongerThan(Life other) => other.EndsAt < TimeSpan.MaxValue && EndsAt < TimeSpan.MaxValue && IsNear(StartsAt, other.StartsAt) && EndsAt > other.EndsAt;

    private static bool IsNear(TimeSpan a, TimeSpan b) => a == b || (a < TimeSpan.MaxValue && b < TimeSpan.MaxValue && (a - b).Duration() <= Tolerance);
}
