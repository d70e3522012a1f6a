using System.Collections.Immutable;
using System.Security.Cryptography;
using Nhi.Rotation.Evidence;

namespace Nhi.Rotation.Providers;

/// <summary>All versions of a credential, ready to be compared with what somebody presented. Immutable.</summary>
internal sealed class MatchTable
{
    private readonly ImmutableArray<Entry> _entries;

    public MatchTable(ImmutableArray<Entry> entries) => _entries = entries;

    /// <summary>
    /// The entry that equals <paramref name="presented"/>, or <see langword="null"/>. Every fingerprint is compared and nothing stops at the first match;
    /// then exactly one full comparison of the presented length follows, with itself when there is nothing to compare. So the time tells the length that
    /// the caller chose, and nothing else.
    /// </summary>
    public Entry? Find(ReadOnlySpan<byte> presented)
    {
        var fingerprint = VersionFingerprint.Of(presented);
        var found = -1;
        for (var i = 0; i < _entries.Length; i++)
        {
            var entry = _entries[i];
            var difference = (entry.Fingerprint.Low ^ fingerprint.Low) | (entry.Fingerprint.High ^ fingerprint.High);
            found = difference == 0 ? i : found;
        }

        var candidate = found >= 0 ? _entries[found] : null;
        var value = candidate?.Uncounted?.RevealBytes() is { } bytes && bytes.Length == presented.Length ? bytes.Span : presented;
        return CryptographicOperations.FixedTimeEquals(value, presented) ? candidate : null;
    }

    /// <summary>The last entry whose value fits a proof, or <see langword="null"/>. Every value that is held is tried.</summary>
    public Entry? Find(Func<Credential, bool> proves)
    {
        Entry? found = null;
        foreach (var entry in _entries)
        {
            found = entry.Uncounted is { } credential && proves(credential) ? entry : found;
        }

        return found;
    }

    /// <summary>One version.</summary>
    /// <param name="Record">Its stage and uses.</param>
    /// <param name="Fingerprint">Its fingerprint.</param>
    /// <param name="Uncounted">Its value, if it is still held; revealing it here is not a use.</param>
    /// <param name="NotBefore">From when on it is valid.</param>
    /// <param name="ValidUntil">When its overlap ends, once it is in overlap.</param>
    internal sealed record Entry(VersionRecord Record, VersionFingerprint Fingerprint, Credential? Uncounted, DateTimeOffset? NotBefore, DateTimeOffset? ValidUntil)
    {
        public override string ToString() => Record.VersionId;
    }
}
