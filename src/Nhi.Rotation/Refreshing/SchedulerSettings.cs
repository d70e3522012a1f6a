namespace Nhi.Rotation.Refreshing;

/// <summary>The numbers that all credentials share.</summary>
internal sealed record SchedulerSettings
{
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public int MaxConcurrentRefreshes { get; init; } = 16;
}
