namespace Nhi.Rotation;

/// <summary>What became of one version here, and when. All times are UTC; what has not happened is <see langword="null"/>.</summary>
public sealed record VersionTimeline
{
    /// <summary>When the backend created it, if it says so.</summary>
    public DateTimeOffset? CreatedOn { get; init; }

    /// <summary>When the backend first listed it here.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>The last result of its probe before promotion, if it has one.</summary>
    public ProbeEvidence? Probe { get; init; }

    /// <summary>When it last became current.</summary>
    public DateTimeOffset? PromotedAt { get; init; }

    /// <summary>When the other side first accepted it on the workload path since it became current.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>When it was replaced.</summary>
    public DateTimeOffset? SupersededAt { get; init; }

    /// <summary>When its overlap window ends or would have ended, as told when it was replaced.</summary>
    public DateTimeOffset? OverlapEndsAt { get; init; }

    /// <summary>When it retired.</summary>
    public DateTimeOffset? RetiredAt { get; init; }

    /// <summary>Why it retired.</summary>
    public string? RetiredBecause { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Why it was revoked.</summary>
    public string? RevokedBecause { get; init; }

    /// <summary>What the other side said of it after it ended: <see cref="ProbeVerdict.Rejected"/> is the proof.</summary>
    public ProbeEvidence? RetirementProbe { get; init; }
}
