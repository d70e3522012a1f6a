namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>One version on the status page.</summary>
internal sealed record VersionReport
{
    public required string Id { get; init; }

    public required CredentialStage Stage { get; init; }

    public DateTimeOffset? CreatedOn { get; init; }

    public DateTimeOffset? ExpiresOn { get; init; }

    public DateTimeOffset? SeenAt { get; init; }

    public DateTimeOffset? PromotedAt { get; init; }

    public DateTimeOffset? SupersededAt { get; init; }

    public DateTimeOffset? OverlapEndsAt { get; init; }

    public DateTimeOffset? RetiredAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public required long Uses { get; init; }

    public required long ResidualUses { get; init; }

    public required int Held { get; init; }

    /// <summary>The other versions that hold its value: the same secret under another id or name.</summary>
    public IReadOnlyList<KnownValue>? SameValueAs { get; init; }

    /// <summary>May it be revoked? Only old versions have an answer.</summary>
    public VerdictReport? Verdict { get; init; }

    /// <summary>When it left service, if it did.</summary>
    public DateTimeOffset? EndedAt => RevokedAt < RetiredAt ? RevokedAt : RetiredAt ?? RevokedAt;
}
