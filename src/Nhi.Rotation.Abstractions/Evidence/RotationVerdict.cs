namespace Nhi.Rotation;

/// <summary>Whether an old version may be revoked, and what that rests on.</summary>
public sealed record RotationVerdict
{
    /// <summary>The answer.</summary>
    public required VerdictKind Kind { get; init; }

    /// <summary>Since when it holds, as far as the evidence tells.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The uses that stand against it: within the quiet period, or after the version was retired.</summary>
    public IReadOnlyList<CredentialUse> Users { get; init; } = [];

    /// <summary>Uses of the old version by those that have not been seen on a newer one since the rotation.</summary>
    public IReadOnlyList<CredentialUse> Unproven { get; init; } = [];

    /// <summary>Why, as sentences for people. Never empty.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }
}
