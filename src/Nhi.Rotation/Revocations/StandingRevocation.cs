using Nhi.Rotation.Evidence.Revocations;

namespace Nhi.Rotation.Revocations;

/// <summary>An entry of a list, with the key of its fingerprint.</summary>
internal sealed class StandingRevocation(RevocationEntry entry, byte[]? key)
{
    public RevocationEntry Entry => entry;

    /// <summary>Whether it is about a version.</summary>
    /// <param name="versionId">The version.</param>
    /// <param name="value">Its value; empty if it is not at hand.</param>
    public bool IsOf(string versionId, ReadOnlySpan<byte> value) =>
        entry.VersionId == versionId || (entry.Fingerprint is { } fingerprint && !value.IsEmpty && fingerprint.IsOf(value, key));
}
