namespace Nhi.Rotation;

/// <summary>What is presented to one target instead of the current version: one that works, for as long as the current one is known not to.</summary>
/// <param name="InsteadOf">The id of the current version.</param>
/// <param name="VersionId">The id of what is presented: not the version itself, which must not outlive its overlap here.</param>
/// <param name="Until">A timestamp of the clock, or <see langword="null"/> for as long as that version is current.</param>
internal sealed record Standby(string InsteadOf, string VersionId, long? Until)
{
    public bool IsOver(TimeProvider time) => Until is { } until && time.GetTimestamp() >= until;

    public override string ToString() => $"{VersionId} instead of {InsteadOf}";
}
