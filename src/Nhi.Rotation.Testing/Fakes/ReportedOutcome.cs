namespace Nhi.Rotation.Testing;

/// <summary>One call of <see cref="IRotatingCredentialProvider.Report(Credential, CredentialOutcome)"/>.</summary>
/// <param name="VersionId">The version that was presented.</param>
/// <param name="Outcome">What the other side said.</param>
public readonly record struct ReportedOutcome(string VersionId, CredentialOutcome Outcome);
