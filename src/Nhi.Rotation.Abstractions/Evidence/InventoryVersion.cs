namespace Nhi.Rotation;

/// <summary>One version in the inventory, and what became of it. All times are UTC; what has not happened is <see langword="null"/>.</summary>
/// <param name="VersionId">The backend's id.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="CreatedOn">When the backend created it, if it says so.</param>
public sealed record InventoryVersion(string VersionId, CredentialStage Stage, DateTimeOffset? CreatedOn)
{
    /// <summary>When the backend first listed it here.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>When it last became current.</summary>
    public DateTimeOffset? PromotedAt { get; init; }

    /// <summary>When it was replaced.</summary>
    public DateTimeOffset? SupersededAt { get; init; }

    /// <summary>When its overlap window ends or would have ended, as told when it was replaced.</summary>
    public DateTimeOffset? OverlapEndsAt { get; init; }

    /// <summary>When it retired.</summary>
    public DateTimeOffset? RetiredAt { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }
}
