namespace Nhi.Rotation.Refreshing;

/// <summary>The numbers that all credentials share.</summary>
internal sealed record SchedulerSettings
{
    public required TimeSpan SweepInterval { get; init; }

    public required TimeSpan AttemptTimeout { get; init; }

    public required int MaxConcurrentRefreshes { get; init; }

    /// <summary>As the options have it.</summary>
    public static SchedulerSettings From(RotatingCredentialsOptions shared) => new()
    {
        SweepInterval = shared.SweepInterval,
        AttemptTimeout = shared.AttemptTimeout,
        MaxConcurrentRefreshes = shared.MaxConcurrentRefreshes,
    };
}
