namespace Nhi.Rotation;

/// <summary>How one consumer, or one caller, used one version.</summary>
/// <remarks>The counts are exact; the times are those of the ledger's sweep (1 s by default) that noticed the use.</remarks>
public sealed record CredentialUse
{
    /// <summary>The credential.</summary>
    public required string CredentialName { get; init; }

    /// <summary>The version.</summary>
    public required string VersionId { get; init; }

    /// <summary>Where the version stands now.</summary>
    public required CredentialStage Stage { get; init; }

    /// <summary>The part of the app that used it.</summary>
    public required string Consumer { get; init; }

    /// <summary>Who presented it to us, or <see langword="null"/> for our own (outbound) use.</summary>
    public string? Caller { get; init; }

    /// <summary>All uses.</summary>
    public required long Uses { get; init; }

    /// <summary>Of these, uses after the version was replaced and before it was retired.</summary>
    public required long ResidualInOverlap { get; init; }

    /// <summary>Of these, uses after the version was retired or revoked. Anything above 0 means that somebody still depends on it.</summary>
    public required long ResidualRetired { get; init; }

    /// <summary>Of these, uses that go on now: open connections and sessions (<see cref="Credential.Hold()"/>).</summary>
    public int Held { get; init; }

    /// <summary>Holds that were lost without being disposed: what they stood for may still be open, so they keep the verdict from being safe.</summary>
    public int LostHolds { get; init; }

    /// <summary>Until when the last thing is valid that was said to be made with it (<see cref="Credential.RecordUse(DateTimeOffset)"/>).</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>What the consumer still keeps of a version that was replaced, as two full garbage collections have shown. Keeping is not counted as using.</summary>
    public KeptObjects Kept { get; init; }

    /// <summary>Whether something that the consumer was given of a replaced version is still there, and no full garbage collection has shown yet whether somebody keeps it.</summary>
    public bool IsUnchecked { get; init; }

    /// <summary>When the first use was noticed.</summary>
    public DateTimeOffset? FirstUse { get; init; }

    /// <summary>When the last use was noticed; it moves on while <see cref="Held"/> is above 0.</summary>
    public DateTimeOffset? LastUse { get; init; }
}
