namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>What is known of the versions after an old one, wherever its users may be seen on them.</summary>
/// <param name="AcceptedAt">When one of them was first accepted.</param>
/// <param name="IsUsed">Whether anybody used one of them since.</param>
/// <param name="MovedAt">When a user of the old version was first seen on one of them; <see langword="null"/> if it was not.</param>
public sealed record NewerUse(DateTimeOffset? AcceptedAt, bool IsUsed, Func<CredentialUse, DateTimeOffset?> MovedAt);
