namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>All that a verdict rests on.</summary>
internal sealed record VerdictCase
{
    /// <summary>Where the old version stands.</summary>
    public required CredentialStage Stage { get; init; }

    /// <summary>When it was replaced.</summary>
    public DateTimeOffset? SupersededAt { get; init; }

    /// <summary>Whether that is another instance's word: then only the times tell which uses came after.</summary>
    public bool IsDatedElsewhere { get; init; }

    /// <summary>What the other side said of it after it ended.</summary>
    public ProbeEvidence? RetirementProbe { get; init; }

    /// <summary>Another version that holds the same value and is not out of service.</summary>
    public string? AcceptedTwin { get; init; }

    /// <summary>Everybody who ever used it or may keep something of it.</summary>
    public IReadOnlyList<UserTrail> Trails { get; init; } = [];

    /// <summary>How a newer version was accepted, on the workload path or by its probe.</summary>
    public Acceptance? NewAccepted { get; init; }

    /// <summary>Whether anybody used a newer version since the rotation.</summary>
    public bool IsNewUsed { get; init; }

    /// <summary>Up to when the evidence reaches: nothing after it was observed.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>What it is measured by.</summary>
    public required VerdictTerms Terms { get; init; }

    /// <summary>How long nobody may have used the old version.</summary>
    public TimeSpan QuietPeriod => Terms.QuietPeriod;
}
