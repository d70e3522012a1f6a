namespace Nhi.Rotation;

/// <summary>One version in the inventory.</summary>
/// <param name="VersionId">The backend's id.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Timeline">What became of it.</param>
public sealed record InventoryVersion(string VersionId, CredentialStage Stage, VersionTimeline Timeline)
{
    /// <summary>The other versions that hold its value, of this credential and of others, in service or not: they are the same secret.</summary>
    public IReadOnlyList<KnownValue> SameValueAs { get; init; } = [];
}
