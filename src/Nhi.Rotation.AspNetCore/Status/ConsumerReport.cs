namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>Somebody who uses a credential, and the version used last.</summary>
internal sealed record ConsumerReport(string Consumer, string? Caller, string LastVersion, CredentialStage LastStage, DateTimeOffset? LastUse, long Uses, int Held);
