namespace Nhi.Rotation.Lifecycle;

/// <summary>The numbers and switches of DESIGN §5 for one credential.</summary>
internal sealed record LifecyclePolicy
{
    public static LifecyclePolicy Default { get; } = new();

    public TimeSpan Overlap { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan ActivationDelay { get; init; }

    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan? MaxStaleness { get; init; }

    public int FallbackAfterRejections { get; init; } = 3;

    public TimeSpan FallbackPause { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan FallbackPauseMax { get; init; } = TimeSpan.FromHours(1);

    public bool RequiresProbe { get; init; }

    public TimeSpan ProbeRetry { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan ProbeRetryMax { get; init; } = TimeSpan.FromMinutes(5);

    public bool ProvesRetirement { get; init; }

    public TimeSpan RetirementRetry { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan RetirementRetryMax { get; init; } = TimeSpan.FromHours(1);

    public int RetirementAttempts { get; init; } = 24;
}
