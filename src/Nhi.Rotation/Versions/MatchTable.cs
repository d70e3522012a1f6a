using System.Collections.Immutable;
using Nhi.Rotation.Evidence;

namespace Nhi.Rotation.Versions;

/// <summary>All versions of a credential, ready to be compared with what somebody presented. Immutable.</summary>
internal sealed class MatchTable
{
    // Nothing stands first, so that finding nothing takes the same steps as finding something.
    private readonly ImmutableArray<Entry?> _entries;

    public MatchTable(ImmutableArray<Entry> entries) => _entries = [null, .. entries];

    /// <summary>
    /// The last entry that equals <paramref name="presented"/>, or <see langword="null"/>. Every fingerprint is compared, without a branch, and nothing stops at
    /// the first match, so the time tells the length that the caller chose and nothing else. Equal fingerprints are equal values: without the
    /// process's random key nobody finds another value with the same 128 bits but by luck, at one in 2^128 a try.
    /// </summary>
    public Entry? Find(ReadOnlySpan<byte> presented)
    {
        var fingerprint = VersionFingerprint.Of(presented);
        var found = 0;
        for (var i = 1; i < _entries.Length; i++)
        {
            var known = _entries[i]!.Fingerprint;
            var difference = (known.Low ^ fingerprint.Low) | (known.High ^ fingerprint.High);

            // All ones where nothing differs: the runtime turns a conditional in a loop into a branch, and a branch shows in the time.
            var equal = (int)((difference | (0 - difference)) >> 63) - 1;
            found = (found & ~equal) | (i & equal);
        }

        return _entries[found];
    }

    /// <summary>The last entry whose value fits a proof, or <see langword="null"/>. Every value that is kept is tried, the last first.</summary>
    /// <param name="proves">The proof.</param>
    /// <param name="consumer">Who checks it: whatever the proof keeps of a credential counts for them.</param>
    public Entry? Find(Func<Credential, bool> proves, string consumer)
    {
        Entry? found = null;
        for (var i = _entries.Length - 1; i >= 1; i--)
        {
            var entry = _entries[i]!;
            found = entry.Fits(proves, consumer) ? found ?? entry : found;
        }

        return found;
    }

    /// <summary>One version.</summary>
    /// <param name="Record">Its stage and uses.</param>
    /// <param name="Fingerprint">Its fingerprint.</param>
    /// <param name="Value">Its value, if it is still there.</param>
    /// <param name="NotBefore">From when on it is valid.</param>
    /// <param name="ValidUntil">When its overlap ends, once it is in overlap.</param>
    internal sealed record Entry(VersionRecord Record, VersionFingerprint Fingerprint, SecretValue? Value, DateTimeOffset? NotBefore, DateTimeOffset? ValidUntil)
    {
        // Few consumers check proofs of one credential, mostly one.
        private ImmutableArray<(Credential Credential, ProofTracker Tracker)> _proving = [];

        public override string ToString() => Record.VersionId;

        public bool Fits(Func<Credential, bool> proves, string consumer)
        {
            if (Value is null)
            {
                return false;
            }

            foreach (var (credential, tracker) in _proving)
            {
                if (tracker.Consumer == consumer)
                {
                    return tracker.Check(proves, credential);
                }
            }

            var added = new ProofTracker(Record.ForConsumer(consumer));
            var lent = new Credential(Record.CredentialName, Record.VersionId, Value, added);
            ImmutableInterlocked.Update(ref _proving, static (all, one) => all.Add(one), (lent, added));
            return added.Check(proves, lent);
        }
    }
}
