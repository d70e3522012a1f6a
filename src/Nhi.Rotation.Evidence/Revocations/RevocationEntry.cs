namespace Nhi.Rotation.Evidence.Revocations;

/// <summary>One line of a list of revocations: a version, or all versions with a value.</summary>
/// <param name="CredentialName">The credential.</param>
/// <param name="VersionId">The version, or <see langword="null"/> where the value says which.</param>
/// <param name="Fingerprint">The value, or <see langword="null"/> where the version says which.</param>
/// <param name="Why">Why, for people.</param>
/// <param name="Since">Since when; for people too: it holds at once.</param>
public sealed record RevocationEntry(string CredentialName, string? VersionId, ValueFingerprint? Fingerprint, string Why, DateTimeOffset? Since);
