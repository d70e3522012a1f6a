namespace Nhi.Rotation.Telemetry;

/// <summary>One version, as the gauges show it.</summary>
internal readonly record struct VersionReading(string CredentialName, string VersionId, CredentialStage Stage, TimeSpan? Age, TimeSpan? TimeToExpiry, TimeSpan? OverlapRemaining, bool IsAccepted);
