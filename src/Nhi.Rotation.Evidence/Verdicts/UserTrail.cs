namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>One user of an old version, and whether it was seen on a newer one.</summary>
/// <param name="Use">Its uses of the old version; at least one.</param>
/// <param name="MovedAt">Its first known use of a newer version since the rotation.</param>
internal sealed record UserTrail(CredentialUse Use, DateTimeOffset? MovedAt);
