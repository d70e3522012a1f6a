namespace Nhi.Rotation;

/// <summary>Whether an old version may be revoked, and what that rests on.</summary>
public sealed record RotationVerdict
{
    /// <summary>The answer.</summary>
    public required VerdictKind Kind { get; init; }

    /// <summary>Since when it holds, as far as the evidence tells.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Who stands against it: users within the quiet period, or after the version was retired.</summary>
    public IReadOnlyList<VersionUser> Users { get; init; } = [];

    /// <summary>Users of the old version that have not been seen on a newer one since the rotation.</summary>
    public IReadOnlyList<VersionUser> Unproven { get; init; } = [];

    /// <summary>Why, as sentences for people. Never empty.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }
}
