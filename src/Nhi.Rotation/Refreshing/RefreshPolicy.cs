namespace Nhi.Rotation.Refreshing;

/// <summary>When one credential's backend is asked.</summary>
internal sealed record RefreshPolicy
{
    public static RefreshPolicy Default { get; } = new();

    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Share of the interval by which it varies in both directions.</summary>
    public double Jitter { get; init; } = 0.1;

    public TimeSpan RejectionInterval { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(5);
}
