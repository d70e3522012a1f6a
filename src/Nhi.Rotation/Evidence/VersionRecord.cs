using System.Collections.Concurrent;
using System.Diagnostics;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence;

/// <summary>One version's stage and its uses, shared by everybody who holds the version.</summary>
internal class VersionRecord
{
    private readonly UseSlots<UseRecord> _slots;
    private UseRecord? _first;
    private ConcurrentDictionary<(string Consumer, string Caller), UseRecord>? _byCaller;
    private bool _isForgotten;
    private volatile CredentialStage _stage = CredentialStage.Pending;
    private volatile VersionHistory _history;

    public VersionRecord(UseSlots<UseRecord> slots, string credentialName, string versionId, DateTimeOffset? createdOn = null)
    {
        _slots = slots;
        _history = new VersionHistory(credentialName, versionId) { CreatedOn = createdOn };
    }

    /// <summary>The next version of the credential, in order of first sight. Guarded by the lock of all evidence.</summary>
    public VersionRecord? Next { get; set; }

    /// <summary>Guards all evidence.</summary>
    public Lock Gate => _slots.Gate;

    public string CredentialName => _history.CredentialName;

    public string VersionId => _history.VersionId;

    public CredentialStage Stage => _stage;

    /// <summary>What became of it.</summary>
    public VersionHistory History => _history;

    /// <summary>When the backend created it, if it says so; the first word counts.</summary>
    public DateTimeOffset? CreatedOn
    {
        get => _history.CreatedOn;
        set
        {
            lock (Gate)
            {
                _history = value == _history.CreatedOn ? _history : _history with { CreatedOn = value };
            }
        }
    }

    /// <summary>Takes evidence of it in.</summary>
    public void Apply(EvidenceEvent evidence)
    {
        lock (Gate)
        {
            _history = _history.Apply(evidence);
        }
    }

    /// <summary>Moves it to a stage; uses counted until now belong to the stage before.</summary>
    public void MoveTo(CredentialStage stage)
    {
        lock (Gate)
        {
            if (_stage == stage)
            {
                return;
            }

            for (var use = _first; use is not null; use = use.Next)
            {
                use.Cut(_stage, stage);
                if (IsOld(stage))
                {
                    _slots.Given.Watch(use);
                }
                else
                {
                    _slots.Given.Unwatch(use);
                }
            }

            _stage = stage;
        }
    }

    /// <summary>Something was given out of it. Whoever keeps that longer than the version lasts is found.</summary>
    public void Give(string consumer, object given, KeptObjects kind)
    {
        lock (Gate)
        {
            Give(ForConsumer(consumer), given, kind);
        }
    }

    /// <summary>The same for one whose record is known.</summary>
    public void Give(UseRecord to, object given, KeptObjects kind)
    {
        lock (Gate)
        {
            if (!_isForgotten)
            {
                _slots.Given.Add(given, to, kind, IsOld(_stage));
            }
        }
    }

    /// <summary>What was given out of another version is given out of this one too: it tells nothing of either.</summary>
    public void TakeBack(object given)
    {
        lock (Gate)
        {
            for (var use = _first; use is not null; use = use.Next)
            {
                _slots.Given.TakeBack(given, use);
            }
        }
    }

    /// <summary>What one is known to keep of it.</summary>
    public (KeptObjects Kept, bool IsUnchecked) GivenTo(UseRecord use) => _slots.Given.Of(use);

    /// <summary>The record of a consumer's own uses.</summary>
    public UseRecord ForConsumer(string consumer)
    {
        lock (Gate)
        {
            for (var use = _first; use is not null; use = use.Next)
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

        lock (Gate)
        {
            if (!byCaller.TryGetValue((consumer, caller), out use))
            {
                use = Add(consumer, caller);
                byCaller[(consumer, caller)] = use;
            }

            return use;
        }
    }

    /// <summary>It has a slot from now on.</summary>
    public void Count(UseRecord use)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        if (!_isForgotten)
        {
            _slots.Add(use.Slot, use);
        }
    }

    /// <summary>It was used for the first time.</summary>
    public void BeginUse(UseRecord use)
    {
        if (!_isForgotten)
        {
            _slots.FirstUse?.Invoke(use);
        }
    }

    /// <summary>Something that <paramref name="use"/> counts goes on.</summary>
    public void Watch(UseRecord use) => _slots.Watch(use.Slot, use);

    public void CopyTo(List<CredentialUse> uses)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        for (var use = _first; use is not null; use = use.Next)
        {
            uses.Add(use.ToUse());
        }
    }

    /// <summary>The ledger lets go of it; whoever still holds a credential of it counts on, unseen.</summary>
    public void Forget()
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        _isForgotten = true;
        for (var use = _first; use is not null; use = use.Next)
        {
            _slots.Remove(use.Slot, use);
            _slots.Given.Unwatch(use);
            use.Given = null;
        }
    }

    private static bool IsOld(CredentialStage stage) => stage is not (CredentialStage.Pending or CredentialStage.Current);

    private UseRecord Add(string consumer, string? caller)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        var use = new UseRecord(this, consumer, caller);
        if (_first is null)
        {
            _first = use;
        }
        else
        {
            var last = _first;
            while (last.Next is { } next)
            {
                last = next;
            }

            last.Next = use;
        }

        return use;
    }
}
