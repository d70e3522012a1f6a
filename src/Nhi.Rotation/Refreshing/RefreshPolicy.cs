namespace Nhi.Rotation.Refreshing;

/// <summary>When one credential's backend is asked.</summary>
internal sealed record RefreshPolicy
{
    // For a backend that has no better one.
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(5);

    public required TimeSpan Interval { get; init; }

    /// <summary>Share of the interval by which it varies in both directions.</summary>
    public required double Jitter { get; init; }

    /// <summary>The share of a version's life after which a newer one is asked for.</summary>
    public required double LifeFraction { get; init; }

    public required TimeSpan RejectionInterval { get; init; }

    public required TimeSpan MinBackoff { get; init; }

    public required TimeSpan MaxBackoff { get; init; }

    /// <summary>As the options have it, or the backend.</summary>
    public static RefreshPolicy From(CredentialOptions options, TimeSpan? backendInterval) => new()
    {
        Interval = options.RefreshInterval ?? backendInterval ?? DefaultInterval,
        Jitter = options.RefreshJitter,
        LifeFraction = options.RefreshAtLifeFraction,
        RejectionInterval = options.RejectionRefreshInterval,
        MinBackoff = options.MinBackoff,
        MaxBackoff = options.MaxBackoff,
    };
}
