using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Evidence;

/// <summary>All uses of all credentials. The sweep reads every count in one pass and touches only records that moved.</summary>
internal sealed class UseLedger : IRotationLedger
{
    private readonly CredentialMetrics _metrics;
    private readonly EngineLog _log;
    private readonly Dictionary<string, ImmutableArray<VersionRecord>> _versions = new(StringComparer.Ordinal);
    private UseRecord?[] _bySlot = [];
    private long[] _totals = [];
    private long[] _lastTotals = [];

    public UseLedger(CredentialMetrics metrics, EngineLog log)
    {
        _metrics = metrics;
        _log = log;
    }

    /// <summary>Guards the ledger and all its records: one lock, because there may be very many records and nobody takes it on the hot path.</summary>
    public Lock Gate { get; } = new();

    public VersionRecord AddVersion(string credentialName, string versionId)
    {
        var version = new VersionRecord(this, credentialName, versionId);
        lock (Gate)
        {
            ref var versions = ref CollectionsMarshal.GetValueRefOrAddDefault(_versions, credentialName, out var exists);
            versions = exists ? versions.Add(version) : [version];
        }

        return version;
    }

    public void RemoveVersion(VersionRecord version)
    {
        lock (Gate)
        {
            _versions[version.CredentialName] = _versions[version.CredentialName].Remove(version);
        }

        version.Forget();
    }

    /// <inheritdoc/>
    public IReadOnlyList<CredentialUse> GetUses(string? credentialName = null)
    {
        VersionRecord[] versions;
        lock (Gate)
        {
            versions = credentialName is null
                ? [.. _versions.Values.SelectMany(list => list)]
                : _versions.TryGetValue(credentialName, out var known) ? [.. known] : [];
        }

        var uses = new List<CredentialUse>(versions.Length);
        foreach (var version in versions)
        {
            version.CopyTo(uses);
        }

        return uses;
    }

    /// <summary>Stamps first and last use of whatever moved since the last sweep.</summary>
    public void Sweep(DateTimeOffset now)
    {
        List<UseRecord>? moved = null;
        lock (Gate)
        {
            UsePages.ReadAll(ref _totals);
            for (var slot = 0; slot < _bySlot.Length && slot < _totals.Length; slot++)
            {
                if (_totals[slot] != (slot < _lastTotals.Length ? _lastTotals[slot] : 0) && _bySlot[slot] is { } use)
                {
                    (moved ??= []).Add(use);
                }
            }

            (_totals, _lastTotals) = (_lastTotals, _totals);
        }

        foreach (var use in moved ?? [])
        {
            Note(use, now);
        }
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

    internal void Remove(UseRecord use)
    {
        lock (Gate)
        {
            _bySlot[use.Slot] = null;
        }
    }

    private void Note(UseRecord use, DateTimeOffset now)
    {
        var version = use.Version;
        version.Stamp(use, now, out var isFirst);
        if (isFirst && use.Caller is null && version is { Stage: CredentialStage.Current, CreatedOn: { } created })
        {
            _metrics.Adopted(version.CredentialName, use.Consumer, now - created);
        }

        if (version.Stage is CredentialStage.Retired or CredentialStage.Revoked)
        {
            _log.ResidualUse(version.CredentialName, version.VersionId, version.Stage, use.Consumer, use.Caller);
        }
    }
}
