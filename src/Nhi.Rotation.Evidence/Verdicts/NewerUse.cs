namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>What is known of the versions after an old one, wherever its users may be seen on them.</summary>
/// <param name="Accepted">How one of them was first accepted: proven, or else as far as it was answered.</param>
/// <param name="IsUsed">Whether anybody used one of them since.</param>
/// <param name="MovedAt">When a user of the old version was first seen on one of them; <see langword="null"/> if it was not.</param>
public sealed record NewerUse(Acceptance? Accepted, bool IsUsed, Func<CredentialUse, DateTimeOffset?> MovedAt);
