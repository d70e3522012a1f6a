using Nhi.Rotation.EventStream;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Revocations;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Providers;

/// <summary>All credentials of the process, with the scheduler and the ledger they share.</summary>
internal sealed class CredentialRegistry : IAsyncDisposable, IDisposable
{
    private readonly EngineClock _clock;
    private readonly CredentialMetrics _metrics;
    private readonly UseLedger _ledger;
    private readonly IEvidenceSink? _evidence;
    private readonly LastWords? _lastWords;
    private readonly RefreshScheduler _scheduler;
    private readonly EventFeed _events = new();
    private readonly EventWatch _watch;
    private readonly Dictionary<string, CredentialCore> _cores = new(StringComparer.Ordinal);

    public CredentialRegistry(IEnumerable<CoreSettings> credentials, SchedulerSettings scheduling, TimeProvider time, CredentialMetrics metrics, EngineLog log, IEvidenceSink? evidence = null, StandingRevocations? revocations = null, HeapCheck? heap = null, IPast? past = null)
    {
        var clock = _clock = new EngineClock(time);
        _metrics = metrics;
        _evidence = evidence;
        _ledger = new UseLedger(metrics, log, time, evidence, heap);
        _lastWords = evidence is null ? null : new LastWords(_ledger, evidence);
        _scheduler = new RefreshScheduler(clock, scheduling, metrics, log, _ledger.Sweep);
        Revocations = revocations ?? new StandingRevocations([], [], time, log);
        var parts = new EngineParts(clock, _scheduler, _ledger, metrics, log, Revocations, _events);
        foreach (var settings in CoreSettings.Share(credentials))
        {
            _cores.Add(settings.Name, new CredentialCore(settings, parts));
        }

        _cores.TrimExcess();
        _ledger.Trim();
        Signals = new CredentialSignals(_cores.Values);
        Values = new KnownValues(_cores.Values);
        Ledger = new LedgerReports(_ledger, past);
        Revocations.Follow(Revoke);
        metrics.Observe(() => Ledger.GetUses(), ReadVersions);
        _watch = new EventWatch(_events, clock, () => Ledger.GetUses(), ReadVersions);
        _watch.Start();
    }

    /// <summary>The lists of revocations.</summary>
    public StandingRevocations Revocations { get; }

    public ICredentialEvents Events => _events;

    public IRotationLedger Ledger { get; }

    /// <summary>What the ledger's reports are made of.</summary>
    public UseLedger Uses => _ledger;

    public ICredentialSignals Signals { get; }

    public IKnownValues Values { get; }

    public IReadOnlyCollection<string> Names => _cores.Keys;

    public IEnumerable<IRotatingCredentialProvider> Providers => _cores.Values.Select(core => core.Default);

    /// <summary>The provider of a credential.</summary>
    /// <exception cref="CredentialUnavailableException">No such credential is registered.</exception>
    public IRotatingCredentialProvider Get(string name) => _cores.TryGetValue(name, out var core)
        ? core.Default
        : throw new CredentialUnavailableException(
            name,
            $"it is not registered; registered are: {(_cores.Count == 0 ? "none" : string.Join(", ", _cores.Keys.Order(StringComparer.Ordinal)))}",
            "Add it with AddRotatingCredentials().AddCredential(name, ...) or correct the name.");

    public CredentialStatus ReadStatus(string name) => _cores[name].Status(_clock.Now) with { ListProblems = Revocations.Problems };

    public bool IsIdle => _scheduler.IsIdle;

    public void Start() => _scheduler.Start();

    public async ValueTask DisposeAsync()
    {
        Revocations.Dispose();
        _watch.Dispose();
        _events.Dispose();
        await _scheduler.DisposeAsync().ConfigureAwait(false);
        if (_evidence is not null)
        {
            // The last uses, since the last sweep.
            _ledger.Sweep();
            await _evidence.DisposeAsync().ConfigureAwait(false);
            _lastWords?.Dispose();
        }

        _metrics.Dispose();
    }

    public void Dispose()
    {
        Revocations.Dispose();
        _watch.Dispose();
        _events.Dispose();
        _scheduler.Dispose();
        if (_evidence is not null)
        {
            _ledger.Sweep();
            _evidence.Dispose();
            _lastWords?.Dispose();
        }

        _metrics.Dispose();
    }

    private VersionReading[] ReadVersions() => [.. _cores.Values.SelectMany(core => core.Versions(_clock.Now))];

    private void Revoke(IReadOnlyList<StandingRevocation> added)
    {
        foreach (var entries in added.GroupBy(standing => standing.Entry.CredentialName, StringComparer.Ordinal))
        {
            _cores[entries.Key].Revoke(entries);
        }
    }
}
