namespace Nhi.Rotation;

/// <summary>One version in the inventory.</summary>
/// <param name="VersionId">The backend's id.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="CreatedOn">When the backend created it, if it says so.</param>
public sealed record InventoryVersion(string VersionId, CredentialStage Stage, DateTimeOffset? CreatedOn);
