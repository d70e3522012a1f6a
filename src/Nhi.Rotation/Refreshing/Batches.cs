using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Nhi.Rotation.Refreshing;

/// <summary>Who may share a call: the credentials of one backend that lists several at once.</summary>
internal sealed class Batches(Lock gate)
{
    private readonly Dictionary<ICredentialBackend, List<RefreshEntry>> _byBackend = new(ReferenceEqualityComparer.Instance);

    public void Add(RefreshEntry entry)
    {
        Debug.Assert(gate.IsHeldByCurrentThread);
        if (entry.Backend is IBatchCredentialBackend backend)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(_byBackend, backend, out _) ??= []).Add(entry);
        }
    }

    /// <summary>All whose refreshes start with a credential's, that one among them; <see langword="null"/> if it is alone.</summary>
    public RefreshEntry[]? TakeAlong(RefreshEntry first, TimeSpan now)
    {
        Debug.Assert(gate.IsHeldByCurrentThread);
        if (first.Backend is not IBatchCredentialBackend backend)
        {
            return null;
        }

        List<RefreshEntry> batch = [first];
        foreach (var other in _byBackend[backend])
        {
            if (batch.Count >= backend.MaxBatchSize)
            {
                break;
            }

            if (RefreshRules.TryGoAlong(ref other.Schedule, now, other.Policy))
            {
                batch.Add(other);
            }
        }

        return batch.Count == 1 ? null : [.. batch];
    }
}
