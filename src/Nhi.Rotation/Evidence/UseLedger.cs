using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Evidence;

/// <summary>
/// All uses and all evidence of all credentials. The sweep reads every count in one pass and touches only records that moved. Evidence is kept with its
/// version and handed on to where it lasts longer, if there is such a place.
/// </summary>
internal sealed class UseLedger : IRotationLedger
{
    private readonly CredentialMetrics _metrics;
    private readonly EngineLog _log;
    private readonly TimeProvider _time;
    private readonly IEvidenceSink? _sink;
    private readonly Dictionary<string, CredentialRecord> _credentials = new(StringComparer.Ordinal);
    private readonly HashSet<UseRecord> _held = [];
    private UseRecord?[] _bySlot = [];
    private long[] _totals = [];
    private long[] _lastTotals = [];

    public UseLedger(CredentialMetrics metrics, EngineLog log, TimeProvider time, IEvidenceSink? sink = null)
    {
        _metrics = metrics;
        _log = log;
        _time = time;
        _sink = sink;
    }

    /// <summary>Says what is known of a credential as a whole; recorded when it is news.</summary>
    public void Describe(string credentialName, string? owner, string? purpose, TimeSpan quietPeriod)
    {
        lock (Gate)
        {
            var isNew = !_credentials.ContainsKey(credentialName);
            var credential = Find(credentialName);
            if (!isNew && credential.Owner == owner && credential.Purpose == purpose && credential.QuietPeriod == quietPeriod)
            {
                return;
            }

            credential.Owner = owner;
            credential.Purpose = purpose;
            credential.QuietPeriod = quietPeriod;
        }

        _sink?.Write(new EvidenceEvent
        {
            Kind = EvidenceKind.Described,
            At = _time.GetUtcNow(),
            CredentialName = credentialName,
            Owner = owner,
            Purpose = purpose,
            QuietPeriod = quietPeriod,
        });
    }

    /// <summary>Guards the ledger and all its records: one lock, because there may be very many records and nobody takes it on the hot path.</summary>
    public Lock Gate { get; } = new();

    public VersionRecord AddVersion(string credentialName, string versionId)
    {
        var version = new VersionRecord(this, credentialName, versionId);
        lock (Gate)
        {
            Find(credentialName).Versions.Add(version);
        }

        return version;
    }

    public void RemoveVersion(VersionRecord version)
    {
        lock (Gate)
        {
            Find(version.CredentialName).Versions.Remove(version);
        }

        version.Forget();
    }

    /// <inheritdoc/>
    public IReadOnlyList<CredentialUse> GetUses(string? credentialName = null)
    {
        VersionRecord[] versions;
        lock (Gate)
        {
            versions = [.. Records(credentialName).SelectMany(credential => credential.Versions)];
        }

        return UsesOf(versions);
    }

    /// <inheritdoc/>
    public IReadOnlyList<InventoryEntry> GetInventory()
    {
        Sweep(_time.GetUtcNow());
        List<InventoryEntry> entries = [];
        foreach (var (credential, versions) in Copy(credentialName: null))
        {
            var users = from use in UsesOf(versions)
                        where use.Uses > 0
                        group use by (use.Consumer, use.Caller) into user
                        let last = user.OrderBy(use => use.LastUse).Last() // Of those that one sweep stamped, the newest version.
                        select new InventoryConsumer(user.Key.Consumer, user.Key.Caller, last.VersionId, last.LastUse, user.Sum(use => use.Uses));
            entries.Add(new InventoryEntry
            {
                CredentialName = credential.Name,
                Owner = credential.Owner,
                Purpose = credential.Purpose,
                Versions = [.. versions.Select(Entry)],
                Consumers = [.. users],
            });
        }

        entries.Sort((a, b) => string.CompareOrdinal(a.CredentialName, b.CredentialName));
        return entries;
    }

    /// <inheritdoc/>
    public IReadOnlyList<RotationEvidence> GetRotations(string? credentialName = null)
    {
        var now = _time.GetUtcNow();
        Sweep(now);
        List<RotationEvidence> rotations = [];
        foreach (var (credential, versions) in Copy(credentialName))
        {
            rotations.AddRange(RotationReport.Of([.. versions.Select(version => version.History)], UsesOf(versions), credential.QuietPeriod, now));
        }

        return rotations;
    }

    /// <summary>Takes evidence of a version in.</summary>
    public void Note(VersionRecord version, EvidenceEvent evidence)
    {
        version.Apply(evidence);
        _sink?.Write(evidence);
    }

    /// <summary>A step is over: its evidence may be written.</summary>
    public void Flush() => _sink?.Flush(_time.GetUtcNow());

    /// <summary>Stamps first and last use of whatever moved since the last sweep.</summary>
    public void Sweep(DateTimeOffset now)
    {
        List<UseRecord> moved = [];
        List<UseRecord> closed = [];
        lock (Gate)
        {
            UsePages.ReadAll(ref _totals);
            for (var slot = 0; slot < _bySlot.Length && slot < _totals.Length; slot++)
            {
                if (_totals[slot] != (slot < _lastTotals.Length ? _lastTotals[slot] : 0) && _bySlot[slot] is { } use)
                {
                    moved.Add(use);
                }
            }

            (_totals, _lastTotals) = (_lastTotals, _totals);
            SweepHolds(moved, closed, now);
        }

        foreach (var use in moved)
        {
            NoteUse(use, now);
        }

        foreach (var use in closed)
        {
            Note(use, now);
        }

        _sink?.Flush(now);
    }

    // Under the lock. What goes on is used now; it is told only when it changes, or a connection would write a line with each sweep.
    private void SweepHolds(List<UseRecord> moved, List<UseRecord> closed, DateTimeOffset now)
    {
        if (_held.Count == 0)
        {
            return;
        }

        var counted = moved.ToHashSet();
        foreach (var use in _held)
        {
            var isNews = use.Holds!.IsNews(use.Stage);
            if (counted.Contains(use))
            {
                continue;
            }

            if (isNews)
            {
                (use.Holds.Open > 0 ? moved : closed).Add(use);
            }
            else
            {
                use.Stamp(now);
            }
        }

        _held.RemoveWhere(use => use.Holds!.Open == 0);
    }

    internal void Add(UseRecord use)
    {
        lock (Gate)
        {
            if (use.Slot >= _bySlot.Length)
            {
                Array.Resize(ref _bySlot, Math.Max(use.Slot + 1, _bySlot.Length * 2));
            }

            _bySlot[use.Slot] = use;
            if (use.Slot < _lastTotals.Length)
            {
                _lastTotals[use.Slot] = 0;
            }
        }
    }

    /// <summary>It has uses that go on: each sweep looks at it until they have ended. Under the lock.</summary>
    internal void Watch(UseRecord use)
    {
        if (_bySlot[use.Slot] == use)
        {
            _held.Add(use);
        }
    }

    internal void Remove(UseRecord use)
    {
        lock (Gate)
        {
            _held.Remove(use);
            _bySlot[use.Slot] = null;
        }
    }

    private void NoteUse(UseRecord use, DateTimeOffset now)
    {
        var version = use.Version;
        var isFirst = Note(use, now);
        if (isFirst && use.Caller is null && version is { Stage: CredentialStage.Current, CreatedOn: { } created })
        {
            _metrics.Adopted(version.CredentialName, use.Consumer, now - created);
        }

        if (version.Stage is CredentialStage.Retired or CredentialStage.Revoked)
        {
            _log.ResidualUse(version.CredentialName, version.VersionId, version.Stage, use.Consumer, use.Caller);
        }
    }

    private bool Note(UseRecord use, DateTimeOffset now)
    {
        var version = use.Version;
        bool isFirst;

        // Two sweeps at once must not hand on the older counts last: whoever reads the evidence takes them for the newest.
        lock (Gate)
        {
            isFirst = version.Stamp(use, now);

            // The counts are read only for somebody who wants them: a sweep may find very many uses.
            _sink?.Write(new EvidenceEvent { Kind = EvidenceKind.Used, At = now, CredentialName = version.CredentialName, VersionId = version.VersionId, Use = version.Read(use) });
        }

        return isFirst;
    }

    private static InventoryVersion Entry(VersionRecord version)
    {
        var history = version.History;
        return new InventoryVersion(version.VersionId, version.Stage, version.CreatedOn)
        {
            SeenAt = history.SeenAt,
            PromotedAt = history.LastPromotedAt,
            SupersededAt = history.SupersededAt,
            OverlapEndsAt = history.OverlapEndsAt,
            RetiredAt = history.RetiredAt,
            RevokedAt = history.RevokedAt,
        };
    }

    private static List<CredentialUse> UsesOf(VersionRecord[] versions)
    {
        var uses = new List<CredentialUse>(versions.Length);
        foreach (var version in versions)
        {
            version.CopyTo(uses);
        }

        return uses;
    }

    private List<(CredentialRecord Credential, VersionRecord[] Versions)> Copy(string? credentialName)
    {
        lock (Gate)
        {
            return [.. Records(credentialName).Select(credential => (credential, credential.Versions.ToArray()))];
        }
    }

    // Under the lock.
    private CredentialRecord Find(string credentialName)
    {
        if (!_credentials.TryGetValue(credentialName, out var credential))
        {
            _credentials.Add(credentialName, credential = new CredentialRecord(credentialName));
        }

        return credential;
    }

    // Under the lock.
    private CredentialRecord[] Records(string? credentialName) =>
        credentialName is null ? [.. _credentials.Values] : _credentials.TryGetValue(credentialName, out var known) ? [known] : [];
}
