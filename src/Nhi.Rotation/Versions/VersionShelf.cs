using System.Diagnostics;
using System.Text;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Versions;

/// <summary>All versions of one credential, and the lock that guards them. What the lifecycle knows and what is kept change together.</summary>
internal sealed class VersionShelf(CredentialRecord credential, UseLedger ledger)
{
    // Nobody takes the locks of two credentials, and none is held for long: of very many credentials some share one.
    private static readonly Lock[] Gates = [.. Enumerable.Range(0, 64).Select(static _ => new Lock())];
    private static uint _nextGate;

    private readonly Lock _gate = Gates[Interlocked.Increment(ref _nextGate) % Gates.Length];
    private LiveVersion[] _versions = [];
    private long _order;
    private volatile bool _acceptancesMean;
    private volatile bool _proofsMean;

    public string CredentialName => credential.Name;

    /// <summary>Guards the shelf and all that is made from it. Evidence is noted under it, so whoever holds the lock of all evidence may not wait for it.</summary>
    public Lock Gate
    {
        get
        {
            Debug.Assert(_gate.IsHeldByCurrentThread || !ledger.Slots.Gate.IsHeldByCurrentThread, "the lock of all evidence is the inner one");
            return _gate;
        }
    }

    /// <summary>What the lifecycle knows. Immutable; read it once.</summary>
    public CredentialState State { get; private set; } = CredentialState.Empty;

    /// <summary>Whether it changes anything that the current version is accepted: not while all is well and it was accepted before.</summary>
    public bool AcceptancesMean => _acceptancesMean;

    /// <summary>The same of an acceptance that proves the version.</summary>
    public bool ProofsMean => _acceptancesMean || _proofsMean;

    /// <summary>The versions, in the order of first sight.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public ReadOnlySpan<LiveVersion> Versions
    {
        get
        {
            Debug.Assert(Gate.IsHeldByCurrentThread);
            return _versions;
        }
    }

    public LiveVersion? Find(string? versionId)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        foreach (var version in _versions)
        {
            if (version.VersionId == versionId)
            {
                return version;
            }
        }

        return null;
    }

    /// <summary>The id of a version that is named by its id, or by its value; what is neither is an id that is yet to come.</summary>
    public string IdOf(string given)
    {
        lock (Gate)
        {
            if (Find(given) is null)
            {
                var value = VersionFingerprint.Of(Encoding.UTF8.GetBytes(given));
                foreach (var version in _versions)
                {
                    if (version.Fingerprint == value)
                    {
                        return version.VersionId;
                    }
                }
            }

            return given;
        }
    }

    /// <summary>Takes a step's outcome in: keeps the values that came with it, forgets what the lifecycle forgot, and drops values that nothing needs any more.</summary>
    /// <param name="state">What the lifecycle knows now.</param>
    /// <param name="listing">What the backend listed, if the lifecycle took it.</param>
    /// <returns>Whether a value was dropped that somebody may still have been shown.</returns>
    public bool Take(CredentialState state, BackendListing? listing)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        State = state;
        Match(state);
        for (var i = 0; i < listing?.Versions.Count; i++)
        {
            var listed = listing.Versions[i];
            if (Find(listed.Id) is { } version)
            {
                version.CreatedOn ??= listed.CreatedOn;
                if (listed.Value is not null && version.Value is null)
                {
                    version.Take(listed.Value);
                }
            }
        }

        var dropped = false;
        foreach (var version in _versions)
        {
            if (version is { Value: not null, State.NeedsValue: false })
            {
                version.DropValue();
                dropped = true;
            }
        }

        return dropped;
    }

    /// <summary>A version for building or probing, if its value is still there.</summary>
    public (Credential Credential, LentTracker Loan)? Lend(string versionId, string consumer)
    {
        lock (Gate)
        {
            return Find(versionId)?.Lend(consumer);
        }
    }

    /// <summary>Numbers the steps.</summary>
    public long NextOrder()
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        return ++_order;
    }

    /// <summary>After a step.</summary>
    public void NoteWhatAcceptancesMean()
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        _acceptancesMean = State.Rejections > 0 || State.Paused > 0 || Find(State.CurrentId) is { State.Pauses: > 0 } or { IsAnswered: false };
        _proofsMean = Find(State.CurrentId) is { IsAccepted: false };
    }

    // One object for each version that the lifecycle knows, the same as long as it does.
    private void Match(CredentialState state)
    {
        var isSame = state.Versions.Length == _versions.Length;
        for (var i = 0; isSame && i < _versions.Length; i++)
        {
            isSame = _versions[i].VersionId == state.Versions[i].Id;
        }

        if (isSame)
        {
            for (var i = 0; i < _versions.Length; i++)
            {
                _versions[i].State = state.Versions[i];
            }

            return;
        }

        var known = new LiveVersion[state.Versions.Length];
        for (var i = 0; i < known.Length; i++)
        {
            var version = state.Versions[i];
            known[i] = Find(version.Id) ?? ledger.AddVersion(credential, new LiveVersion(version, ledger.Slots, credential.Name));
            known[i].State = version;
        }

        foreach (var version in _versions)
        {
            if (state.Find(version.VersionId) is null)
            {
                ledger.RemoveVersion(credential, version);
            }
        }

        _versions = known;
    }
}
