using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>A version that is old somewhere, so everywhere.</summary>
/// <param name="History">As the first instance saw it that replaced it.</param>
/// <param name="IsInferred">Whether no process lived through the change: later runs have another version.</param>
/// <param name="RevokedAt">When it was first revoked in any instance.</param>
/// <param name="Refusal">The last probe anywhere that found it refused after its end.</param>
internal sealed record OldVersion(VersionHistory History, bool IsInferred, DateTimeOffset? RevokedAt, ProbeEvidence? Refusal)
{
    public string Id => History.VersionId;

    public DateTimeOffset? SupersededAt => History.SupersededAt;
}
