namespace Nhi.Rotation;

/// <summary>A version that has a value.</summary>
/// <param name="CredentialName">The credential.</param>
/// <param name="VersionId">The backend's id of the version.</param>
/// <param name="Stage">Where the version stands.</param>
public sealed record KnownValue(string CredentialName, string VersionId, CredentialStage Stage);
