namespace Nhi.Rotation.Evidence.Reading;

/// <summary>Evidence that an instance itself says it lost.</summary>
/// <param name="Until">Everything lost came about before then.</param>
/// <param name="CredentialName">Of which credential it was, or <see langword="null"/> if of any.</param>
public sealed record EvidenceLoss(DateTimeOffset Until, string? CredentialName);
