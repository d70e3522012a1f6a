namespace Nhi.Rotation;

/// <summary>What is known of one old version: what took its place, who used it, how it ended.</summary>
/// <remarks>Counts are exact; times of use are those of the ledger's sweep (1 s by default) that noticed it. All times are UTC.</remarks>
public sealed record RotationEvidence
{
    /// <summary>The credential.</summary>
    public required string CredentialName { get; init; }

    /// <summary>The old version.</summary>
    public required string From { get; init; }

    /// <summary>The version that took its place, or <see langword="null"/> if it was revoked and nothing has yet.</summary>
    public string? To { get; init; }

    /// <summary>Where the old version stands now.</summary>
    public required CredentialStage Stage { get; init; }

    /// <summary>When the backend created the new version, if it says so.</summary>
    public DateTimeOffset? NewCreatedOn { get; init; }

    /// <summary>When the backend first listed the new version here.</summary>
    public DateTimeOffset? NewSeenAt { get; init; }

    /// <summary>The last result of the new version's probe, if it has one.</summary>
    public ProbeEvidence? NewProbe { get; init; }

    /// <summary>When the new version became current in its place.</summary>
    public DateTimeOffset? NewPromotedAt { get; init; }

    /// <summary>When somebody first used the new version.</summary>
    public DateTimeOffset? NewFirstUse { get; init; }

    /// <summary>When the other side first accepted the new version on the workload path.</summary>
    public DateTimeOffset? NewAcceptedAt { get; init; }

    /// <summary>When the old version was replaced.</summary>
    public DateTimeOffset? SupersededAt { get; init; }

    /// <summary>When the old version's overlap window ends or would have ended, as told when it was replaced.</summary>
    public DateTimeOffset? OverlapEndsAt { get; init; }

    /// <summary>When somebody last used the old version.</summary>
    public DateTimeOffset? OldLastUse { get; init; }

    /// <summary>When the old version retired.</summary>
    public DateTimeOffset? RetiredAt { get; init; }

    /// <summary>Why it retired.</summary>
    public string? RetiredBecause { get; init; }

    /// <summary>When the old version was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Why it was revoked.</summary>
    public string? RevokedBecause { get; init; }

    /// <summary>What the other side said of the old version after it ended: <see cref="ProbeVerdict.Rejected"/> is the proof.</summary>
    public ProbeEvidence? RetirementProbe { get; init; }

    /// <summary>All uses of the old version, residual uses included, per consumer and caller.</summary>
    public required IReadOnlyList<CredentialUse> Uses { get; init; }

    /// <summary>Whether the old version may be revoked.</summary>
    public required RotationVerdict Verdict { get; init; }
}
