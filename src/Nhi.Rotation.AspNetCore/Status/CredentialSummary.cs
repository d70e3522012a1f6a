namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>One credential in a line, where there is no room for all of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Owner">Whom to ask.</param>
/// <param name="Health">As one word.</param>
/// <param name="CurrentVersion">The version in use.</param>
/// <param name="Verdict">The most urgent verdict on its old versions, if there are any.</param>
internal sealed record CredentialSummary(string Name, string? Owner, string Health, string? CurrentVersion, VerdictKind? Verdict);
