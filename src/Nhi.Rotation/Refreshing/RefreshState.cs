namespace Nhi.Rotation.Refreshing;

/// <summary>
/// What the rules know of one credential's refreshes: when the next one is due and why, whether one is under way, how the last ones went. Plain data, changed by
/// <see cref="RefreshRules"/> alone.
/// </summary>
internal record struct RefreshState
{
    // A process may hold very many: the order of the members leaves no gaps, and a spacing is never above a second.
    private int _signalSpacing;

    /// <summary>How many refreshes failed in a row.</summary>
    public int Failures { get; set; }

    /// <summary>When to ask the backend; <see cref="TimeSpan.MaxValue"/> while a refresh is under way and nobody asked for another.</summary>
    public TimeSpan RefreshAt { get; set; }

    /// <summary>Why, when it is due.</summary>
    public RefreshReason DueReason { get; set; }

    /// <summary>Why another refresh follows the one under way, for those who came too late for it; <see langword="null"/> if none does.</summary>
    public RefreshReason? FollowUp { get; set; }

    /// <summary>Whether a refresh is under way.</summary>
    public bool IsFlying { get; set; }

    public bool HasFlown { get; set; }

    /// <summary>Whether any refresh succeeded.</summary>
    public bool HasLoaded { get; set; }

    /// <summary>When the first of the refreshes ended that failed in a row.</summary>
    public TimeSpan FailingSince { get; set; }

    /// <summary>From when on a rejection may ask at once.</summary>
    public TimeSpan RejectionTurnAt { get; set; }

    /// <summary>Until when a signal belongs to the burst of the one before.</summary>
    public TimeSpan BurstUntil { get; set; }

    /// <summary>How long the last signal waited for others to join it.</summary>
    public TimeSpan SignalSpacing
    {
        readonly get => new(_signalSpacing);
        set => _signalSpacing = (int)value.Ticks;
    }

    /// <summary>The life of the version in use; of the last one, while there is none.</summary>
    public Life Life { get; set; }

    /// <summary>From when on it is counted: its start, or when its end was last put off.</summary>
    public TimeSpan LifeCountsFrom { get; set; }

    /// <summary>A credential that was never asked for and is due now.</summary>
    public static RefreshState DueAt(TimeSpan now) => new()
    {
        RefreshAt = now,
        DueReason = RefreshReason.Startup,
        RejectionTurnAt = TimeSpan.MinValue,
        BurstUntil = TimeSpan.MinValue,
        Life = Life.Endless,
    };
}
