namespace Nhi.Rotation.Lifecycle;

/// <summary>The numbers and switches of one credential's lifecycle. Its options say what they mean.</summary>
internal sealed record LifecyclePolicy
{
    public required TimeSpan Overlap { get; init; }

    public required TimeSpan ActivationDelay { get; init; }

    public required TimeSpan ClockSkew { get; init; }

    public required TimeSpan? MaxStaleness { get; init; }

    public required StoreExpiry Expiry { get; init; }

    public required bool RefusesOldValues { get; init; }

    public required int FallbackAfterRejections { get; init; }

    public required TimeSpan FallbackPause { get; init; }

    public required TimeSpan FallbackPauseMax { get; init; }

    public required bool TryPendingLast { get; init; }

    public required bool RequiresProbe { get; init; }

    public required TimeSpan ProbeRetry { get; init; }

    public required TimeSpan ProbeRetryMax { get; init; }

    public required bool ProvesRetirement { get; init; }

    public required TimeSpan RetirementRetry { get; init; }

    public required TimeSpan RetirementRetryMax { get; init; }

    public required int RetirementAttempts { get; init; }

    /// <summary>As the options have it. The waits between probes are no options.</summary>
    public static LifecyclePolicy From(CredentialOptions options, bool requiresProbe) => new()
    {
        Overlap = options.Overlap,
        ActivationDelay = options.ActivationDelay,
        ClockSkew = options.ClockSkew,
        MaxStaleness = options.MaxStaleness,
        Expiry = options.Expiry,
        RefusesOldValues = options.RefuseOldValues,
        FallbackAfterRejections = options.FallbackAfterRejections,
        FallbackPause = options.FallbackPause,
        FallbackPauseMax = options.MaxFallbackPause,
        TryPendingLast = options.TryPendingLast,
        RequiresProbe = requiresProbe,
        ProbeRetry = TimeSpan.FromSeconds(10),
        ProbeRetryMax = TimeSpan.FromMinutes(5),
        ProvesRetirement = options.ProveRetirement,
        RetirementRetry = TimeSpan.FromMinutes(1),
        RetirementRetryMax = TimeSpan.FromHours(1),
        RetirementAttempts = options.RetirementProbeAttempts,
    };
}
