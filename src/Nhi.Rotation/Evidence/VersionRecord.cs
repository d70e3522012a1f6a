using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Nhi.Rotation.Evidence;

/// <summary>One version's stage and its uses, shared by everybody who holds the version.</summary>
internal sealed class VersionRecord
{
    private readonly UseLedger _ledger;
    private ImmutableArray<UseRecord> _uses = [];
    private ConcurrentDictionary<(string Consumer, string Caller), UseRecord>? _byCaller;
    private volatile CredentialStage _stage = CredentialStage.Pending;
    private volatile VersionHistory _history;

    public VersionRecord(UseLedger ledger, string credentialName, string versionId)
    {
        _ledger = ledger;
        CredentialName = credentialName;
        VersionId = versionId;
        _history = new VersionHistory(credentialName, versionId);
    }

    public string CredentialName { get; }

    public string VersionId { get; }

    public CredentialStage Stage => _stage;

    public DateTimeOffset? CreatedOn { get; set; }

    /// <summary>What became of it.</summary>
    public VersionHistory History => _history;

    /// <summary>Takes evidence of it in.</summary>
    public void Apply(EvidenceEvent evidence)
    {
        lock (_ledger.Gate)
        {
            _history = _history.Apply(evidence);
        }
    }

    /// <summary>Moves it to a stage; uses counted until now belong to the stage before.</summary>
    public void MoveTo(CredentialStage stage)
    {
        lock (_ledger.Gate)
        {
            if (_stage == stage)
            {
                return;
            }

            foreach (var use in _uses)
            {
                use.Cut(_stage, stage);
            }

            _stage = stage;
        }
    }

    /// <summary>The record of a consumer's own uses.</summary>
    public UseRecord ForConsumer(string consumer)
    {
        lock (_ledger.Gate)
        {
            foreach (var use in _uses)
            {
                if (use.Caller is null && use.Consumer == consumer)
                {
                    return use;
                }
            }

            return Add(consumer, caller: null);
        }
    }

    /// <summary>The record of somebody who presents this version to us.</summary>
    public UseRecord ForCaller(string consumer, string caller)
    {
        var byCaller = _byCaller ?? Interlocked.CompareExchange(ref _byCaller, new(), null) ?? _byCaller;
        if (byCaller.TryGetValue((consumer, caller), out var use))
        {
            return use;
        }

        lock (_ledger.Gate)
        {
            if (!byCaller.TryGetValue((consumer, caller), out use))
            {
                use = Add(consumer, caller);
                byCaller[(consumer, caller)] = use;
            }

            return use;
        }
    }

    /// <summary>The sweep noticed new uses, or uses that go on.</summary>
    /// <returns>Whether they are the first.</returns>
    public bool Stamp(UseRecord use, DateTimeOffset now)
    {
        lock (_ledger.Gate)
        {
            return use.Stamp(now);
        }
    }

    public CredentialUse Read(UseRecord use)
    {
        lock (_ledger.Gate)
        {
            return use.ToUse();
        }
    }

    public void BeginHold(UseRecord use)
    {
        lock (_ledger.Gate)
        {
            use.AddHolds(1);
            _ledger.Watch(use);
        }
    }

    public void EndHold(UseRecord use)
    {
        lock (_ledger.Gate)
        {
            use.AddHolds(-1);
        }
    }

    public void CopyTo(List<CredentialUse> uses)
    {
        lock (_ledger.Gate)
        {
            foreach (var use in _uses)
            {
                uses.Add(use.ToUse());
            }
        }
    }

    /// <summary>The ledger lets go of it; whoever still holds a credential of it counts on, unseen.</summary>
    public void Forget()
    {
        lock (_ledger.Gate)
        {
            foreach (var use in _uses)
            {
                _ledger.Remove(use);
            }
        }
    }

    // Under the lock.
    private UseRecord Add(string consumer, string? caller)
    {
        var use = new UseRecord(this, consumer, caller);
        _uses = _uses.Add(use);
        _ledger.Add(use);
        return use;
    }
}
