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

    /// <summary>What became of the old version.</summary>
    public required VersionTimeline Old { get; init; }

    /// <summary>What became of the version that took its place, which here became current in the old one's place; <see langword="null"/> if nothing has yet.</summary>
    public VersionTimeline? New { get; init; }

    /// <summary>When somebody last used the old version.</summary>
    public DateTimeOffset? OldLastUse { get; init; }

    /// <summary>When somebody first used the new version.</summary>
    public DateTimeOffset? NewFirstUse { get; init; }

    /// <summary>All uses of the old version, residual uses included, per consumer and caller.</summary>
    public required IReadOnlyList<CredentialUse> Uses { get; init; }

    /// <summary>Whether the old version may be revoked.</summary>
    public required RotationVerdict Verdict { get; init; }
}
