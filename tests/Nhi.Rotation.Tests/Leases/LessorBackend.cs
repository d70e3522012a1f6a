using System.Collections.Concurrent;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Leases;

/// <summary>A store that makes each version for this process alone.</summary>
internal sealed class LessorBackend : ScriptedBackend, IBackendRevoker
{
    public bool OwnsVersions { get; init; } = true;

    /// <summary>What came back, in order.</summary>
    public ConcurrentQueue<string> Returned { get; } = new();

    public int Attempts { get; private set; }

    public Exception? RevokeFails { get; set; }

    /// <summary>What happens besides when one comes back.</summary>
    public Action<string>? OnReturn { get; set; }

    public async ValueTask RevokeAsync(BackendRevocation revocation, CancellationToken ct)
    {
        Attempts++;
        await Task.Yield();
        ct.ThrowIfCancellationRequested();
        if (RevokeFails is { } error)
        {
            throw error;
        }

        Remove(revocation.VersionId);
        Returned.Enqueue(revocation.VersionId);
        OnReturn?.Invoke(revocation.VersionId);
    }
}
