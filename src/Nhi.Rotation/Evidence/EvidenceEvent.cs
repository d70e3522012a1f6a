namespace Nhi.Rotation.Evidence;

/// <summary>One piece of evidence of one credential. Never a value.</summary>
internal sealed record EvidenceEvent
{
    public required EvidenceKind Kind { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string CredentialName { get; init; }

    public string VersionId { get; init; } = string.Empty;

    /// <summary>The version that took its place, or whose place it took.</summary>
    public string? OtherId { get; init; }

    public DateTimeOffset? CreatedOn { get; init; }

    /// <summary>When the overlap window of a version that was replaced ends.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Why, for people.</summary>
    public string? Detail { get; init; }

    /// <summary>The probe that said so.</summary>
    public string? By { get; init; }

    public ProbeVerdict? Verdict { get; init; }

    public CredentialUse? Use { get; init; }

    public string? Owner { get; init; }

    public string? Purpose { get; init; }

    public TimeSpan? QuietPeriod { get; init; }

    /// <summary>The result of a probe that it tells of.</summary>
    public ProbeEvidence ToProbe() => new(By, Verdict ?? ProbeVerdict.Inconclusive, Detail, At);
}
