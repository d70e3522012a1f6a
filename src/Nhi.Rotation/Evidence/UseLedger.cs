using System.Diagnostics;
using Nhi.Rotation.Evidence.Verdicts;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Evidence;

/// <summary>
/// All uses and all evidence of all credentials. The sweep reads every count in one pass and touches only records that moved. Evidence is kept with its
/// version and handed on to where it lasts longer, if there is such a place.
/// </summary>
internal sealed class UseLedger
{
    private readonly CredentialMetrics _metrics;
    private readonly EngineLog _log;
    private readonly LedgerClock _clock;
    private readonly IJournal? _sink;
    private readonly HeapCheck _heap;
    private readonly UseSlots<UseRecord> _slots;
    private readonly EvidencePace? _pace;
    private readonly Dictionary<string, CredentialRecord> _credentials = new(StringComparer.Ordinal);

    public UseLedger(CredentialMetrics metrics, EngineLog log, TimeProvider time, IJournal? sink = null, HeapCheck? heap = null)
    {
        _metrics = metrics;
        _log = log;
        _clock = new LedgerClock(time);
        _sink = sink;
        _heap = heap ?? new HeapCheck();
        _pace = sink is null ? null : new EvidencePace();
        _slots = new UseSlots<UseRecord>(new GivenObjects<UseRecord>(_heap.Heap, time, _heap.Apart)) { FirstUse = sink is null ? null : NoteFirst };
    }

    /// <summary>Where all uses are counted.</summary>
    public UseSlots<UseRecord> Slots => _slots;

    /// <summary>Guards the ledger and all its records.</summary>
    public Lock Gate => _slots.Gate;

    /// <summary>Says what is known of a credential as a whole; recorded when it is news.</summary>
    public CredentialRecord Describe(string credentialName, string? owner, string? purpose, VerdictTerms terms, IReadOnlyList<string>? formerly = null, in BackendKey origin = default)
    {
        CredentialRecord credential;
        lock (Gate)
        {
            var isNew = !_credentials.ContainsKey(credentialName);
            credential = Find(credentialName);
            if (!isNew && credential.Owner == owner && credential.Purpose == purpose && credential.Terms == terms)
            {
                return credential;
            }

            credential.Owner = owner;
            credential.Purpose = purpose;
            credential.Terms = terms;
            credential.Formerly = formerly ?? [];
        }

        _sink?.Write(credential.Description(_clock.UtcNow) with { Backend = origin.Backend?.GetType().Name, Location = origin.Location });
        return credential;
    }

    /// <summary>The record of a credential, made if there is none.</summary>
    public CredentialRecord Find(string credentialName)
    {
        lock (Gate)
        {
            if (!_credentials.TryGetValue(credentialName, out var credential))
            {
                _credentials.Add(credentialName, credential = new CredentialRecord(credentialName));
            }

            return credential;
        }
    }

    /// <summary>All credentials are there, and nothing has begun: what was taken for more is given back.</summary>
    public void Trim() => _credentials.TrimExcess();

    public T AddVersion<T>(CredentialRecord credential, T version)
        where T : VersionRecord
    {
        lock (Gate)
        {
            credential.Add(version);
            return version;
        }
    }

    public void RemoveVersion(CredentialRecord credential, VersionRecord version)
    {
        lock (Gate)
        {
            credential.Remove(version);
            version.Forget();
        }
    }

    /// <summary>Takes evidence of a version in.</summary>
    public void Note(VersionRecord version, EvidenceEvent evidence)
    {
        var set = _clock.Set;
        version.Apply(evidence.Shift(-set));
        if (evidence.Kind == EvidenceKind.Superseded)
        {
            lock (Gate)
            {
                _pace?.Move(version, evidence.At);
            }
        }

        _sink?.Write(evidence);
    }

    /// <summary>A step is over: its evidence may be written.</summary>
    public void Flush() => _sink?.Flush(_clock.UtcNow);

    /// <summary>Counts and dates everything up to now.</summary>
    /// <returns>The time.</returns>
    public DateTimeOffset Sweep()
    {
        var now = _clock.UtcNow;
        Sweep(now);
        return now;
    }

    /// <summary>The same for the last time: nothing is kept back for later.</summary>
    public void SweepAll()
    {
        var now = Sweep();
        TellDue(now, isEnd: true);
        _sink?.Flush(now);
    }

    /// <summary>Stamps first and last use of whatever moved since the last sweep.</summary>
    public void Sweep(DateTimeOffset now)
    {
        List<UseRecord> moved;
        List<UseRecord> closed = [];
        UseRecord[] lost;
        lock (Gate)
        {
            moved = _slots.TakeMoved();
            OpenUses.Sweep(_slots, _clock.Set, moved, closed, now);
            lost = closed.Concat(moved).Where(static use => use.TakeLost() > 0).ToArray();
        }

        LookAtGiven(now);

        foreach (var use in moved)
        {
            NoteUse(use, now);
        }

        foreach (var use in closed)
        {
            Note(use, now);
        }

        TellDue(now, isEnd: false);
        foreach (var use in lost)
        {
            _log.HoldLost(use.Version.CredentialName, use.Version.VersionId, use.Consumer, use.CallerText);
        }

        _sink?.Flush(now);
    }

    /// <summary>A copy of one credential or all of them, each with its uses and by how much its histories are to be shifted, made by <paramref name="copy"/> while nothing changes.</summary>
    public List<T> Copy<T>(string? credentialName, Func<CredentialRecord, List<CredentialUse>, TimeSpan, T> copy)
    {
        var set = _clock.Set;
        CredentialRecord[] credentials;
        lock (Gate)
        {
            credentials = credentialName is null ? [.. _credentials.Values] : _credentials.TryGetValue(credentialName, out var known) ? [known] : [];
        }

        var copies = new List<T>(credentials.Length);
        foreach (var credential in credentials)
        {
            List<CredentialUse> uses = [];

            // One credential at a time: nobody waits for all of them.
            lock (Gate)
            {
                foreach (var version in credential.Versions)
                {
                    version.CopyTo(uses);
                }

                copies.Add(copy(credential, set == TimeSpan.Zero ? uses : uses.ConvertAll(use => LedgerClock.Show(use, set)), set));
            }
        }

        return copies;
    }

    private void LookAtGiven(DateTimeOffset now)
    {
        bool isDue;
        lock (Gate)
        {
            NoteGiven(now);
            isDue = _heap.IsInducing && _slots.Given.TakeDue();
        }

        if (isDue)
        {
            _heap.Heap.Collect();
            lock (Gate)
            {
                NoteGiven(now);
            }
        }
    }

    private void NoteGiven(DateTimeOffset now)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        foreach (var use in _slots.Given.Look(use => Find(use.Version.CredentialName).Terms.QuietPeriod))
        {
            Tell(use, now);
        }
    }

    // Whoever reads the evidence of a process that ended a moment later must know who used what.
    private void NoteFirst(UseRecord use)
    {
        var now = _clock.UtcNow;
        lock (Gate)
        {
            _slots.Take(use.Slot, use);
        }

        NoteUse(use, now);
        _sink!.Flush(now);
    }

    private void NoteUse(UseRecord use, DateTimeOffset now)
    {
        var version = use.Version;
        var (isFirst, isResidual) = Note(use, now);
        if (isFirst && use.Caller is null && version is { Stage: CredentialStage.Current, CreatedOn: { } created })
        {
            _metrics.Adopted(version.CredentialName, use.Consumer, now - created);
        }

        if (isResidual)
        {
            _log.ResidualUse(version.CredentialName, version.VersionId, version.Stage, use.Consumer, use.CallerText);
        }
    }

    private (bool IsFirst, bool IsResidual) Note(UseRecord use, DateTimeOffset now)
    {
        // Two sweeps at once must not hand on the older counts last: whoever reads the evidence takes them for the newest.
        lock (Gate)
        {
            var set = _clock.Set;
            var isFirst = use.Stamp(now - set);
            if (_pace?.IsDue(use, now) != false)
            {
                Tell(use, now);
            }

            return (isFirst, use.TakeResidual());
        }
    }

    private void TellDue(DateTimeOffset now, bool isEnd)
    {
        if (_pace is null)
        {
            return;
        }

        lock (Gate)
        {
            foreach (var use in _pace.TakeDue(now, isEnd))
            {
                Tell(use, now);
            }

            if (_pace.TakeQuiet(now, name => Find(name).Terms.QuietPeriod))
            {
                _sink!.Write(new EvidenceEvent { Kind = EvidenceKind.Alive, At = now });
            }
        }
    }

    private void Tell(UseRecord use, DateTimeOffset now)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);

        // The counts are read only for somebody who wants them: a sweep may find very many uses.
        var (credential, version) = (use.Version.CredentialName, use.Version.VersionId);
        _sink?.Write(new EvidenceEvent { Kind = EvidenceKind.Used, At = now, CredentialName = credential, VersionId = version, Use = LedgerClock.Show(use.ToUse(), _clock.Set) });
    }
}
