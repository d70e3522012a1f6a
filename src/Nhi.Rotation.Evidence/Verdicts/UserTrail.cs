namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>One who used an old version or keeps something of it, and whether it was seen on a newer one.</summary>
/// <param name="Use">Its uses of the old version.</param>
/// <param name="MovedAt">Its first known use of a newer version since the rotation.</param>
internal sealed record UserTrail(CredentialUse Use, DateTimeOffset? MovedAt)
{
    /// <summary>Whether it used the old version.</summary>
    public bool IsUser => Use.Uses > 0;

    /// <summary>Whether it keeps the old version: something is open, or something that it was given is still there.</summary>
    public bool IsHolder => Use.Held > 0 || Use.Kept != KeptObjects.None;

    /// <summary>Whether there is anything to tell.</summary>
    public static bool IsAny(CredentialUse use) => use.Uses > 0 || use.Held > 0 || use.Kept != KeptObjects.None || use.IsUnchecked || use.LostHolds > 0 || use.ValidUntil is not null;
}
