using Nhi.Rotation.EventStream;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Leases;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Revocations;
using Nhi.Rotation.Spelling;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Providers;

/// <summary>All credentials of the process, with the scheduler and the ledger they share.</summary>
internal sealed class CredentialRegistry : IAsyncDisposable, IDisposable
{
    private readonly EngineClock _clock;
    private readonly CredentialMetrics _metrics;
    private readonly UseLedger _ledger;
    private readonly EvidenceParts _evidence;
    private readonly RefreshScheduler _scheduler;
    private readonly EventFeed _events = new();
    private readonly SharedSecrets _secrets;
    private readonly LeaseDesk _leases;
    private readonly Dictionary<string, CredentialCore> _cores = new(StringComparer.Ordinal);

    public CredentialRegistry(IEnumerable<CoreSettings> credentials, SchedulerSettings scheduling, TimeProvider time, CredentialMetrics metrics, EngineLog log, EvidenceParts? evidence = null, StandingRevocations? revocations = null)
    {
        var clock = _clock = new EngineClock(time);
        _metrics = metrics;
        _evidence = evidence ?? new EvidenceParts();
        _ledger = _evidence.Open(metrics, log, time);
        _leases = new LeaseDesk(clock, log, scheduling.AttemptTimeout);
        _scheduler = new RefreshScheduler(clock, scheduling, metrics, log, Sweep);
        Revocations = revocations ?? new StandingRevocations([], [], time, log);
        _secrets = new SharedSecrets(clock, log, _events);
        var parts = new EngineParts(clock, _scheduler, _ledger, metrics, log, Revocations, _events, _secrets, _evidence, _leases);
        foreach (var settings in CoreSettings.Share(credentials))
        {
            _cores.Add(settings.Name, new CredentialCore(settings, parts));
        }

        _cores.TrimExcess();
        _ledger.Trim();
        Signals = new CredentialSignals(_cores.Values);
        var reports = new LedgerReports(_ledger, _evidence.Past, _secrets);
        Ledger = reports;
        _leases.Judge = reports.GetOwnVerdict;
        _secrets.Watch(() => _cores.Values.Select(core => (core.Name, core.State)), name => _cores[name].State);
        Revocations.Follow((name, entries) => _cores[name].Revoke(entries));
        var versions = () => _cores.Values.SelectMany(core => core.Versions(clock.Now)).ToArray();
        metrics.Observe(() => Ledger.GetUses(), () => reports.GetOpen(clock.Time.GetUtcNow()), versions, _secrets.InService);
        _events.Watch(clock, () => Ledger.GetUses(), versions);
    }

    /// <summary>The lists of revocations.</summary>
    public StandingRevocations Revocations { get; }

    public ICredentialEvents Events => _events;

    public IRotationLedger Ledger { get; }

    /// <summary>What the ledger's reports are made of.</summary>
    public UseLedger Uses => _ledger;

    public ICredentialSignals Signals { get; }

    /// <summary>All credentials.</summary>
    public IReadOnlyCollection<CredentialCore> Cores => _cores.Values;

    public IReadOnlyCollection<string> Names => _cores.Keys;

    public IEnumerable<IRotatingCredentialProvider> Providers => _cores.Values.Select(core => core.Default);

    /// <summary>A credential.</summary>
    /// <exception cref="CredentialUnavailableException">No such credential is registered.</exception>
    public CredentialCore Find(string name) => _cores.TryGetValue(name, out var core)
        ? core
        : throw new CredentialUnavailableException(
            name,
            $"it is not registered; registered are: {Nearest.List(_cores.Keys, name)}",
            "Add it with AddRotatingCredentials().AddCredential(name, ...) or correct the name.");

    /// <summary>The provider of a credential.</summary>
    /// <exception cref="CredentialUnavailableException">No such credential is registered.</exception>
    public IRotatingCredentialProvider Get(string name) => Find(name).Default;

    /// <summary>The provider of the only credential.</summary>
    /// <exception cref="InvalidOperationException">There is none, or more than one.</exception>
    public IRotatingCredentialProvider Only() => _cores.Count == 1
        ? _cores.Values.Single().Default
        : throw new InvalidOperationException(
            _cores.Count == 0
                ? "No rotating credential is registered. Add one with AddRotatingCredentials().AddCredential(name, ...)."
                : $"IRotatingCredentialProvider without a name is for one credential; registered are: {Nearest.List(_cores.Keys)}. Say which: [FromKeyedServices(\"{_cores.Keys.Order(StringComparer.Ordinal).First()}\")] IRotatingCredentialProvider.");

    public CredentialStatus ReadStatus(string name)
    {
        var status = _cores[name].Status(_clock.Now) with { ListProblems = Revocations.Problems, EvidenceProblem = _evidence.Problem };
        return status.CurrentId is { } current ? status with { SharedWith = [.. _secrets.Elsewhere(name, current)] } : status;
    }

    public bool IsIdle => _scheduler.IsIdle && _leases.IsIdle;

    public void Start() => _scheduler.Start();

    public async ValueTask DisposeAsync()
    {
        Revocations.Dispose();
        _events.Dispose();
        _secrets.Dispose();
        await _scheduler.DisposeAsync().ConfigureAwait(false);
        await _leases.EndAsync().ConfigureAwait(false);
        await _evidence.CloseAsync(_ledger).ConfigureAwait(false);
        _metrics.Dispose();
    }

    public void Dispose()
    {
        Revocations.Dispose();
        _events.Dispose();
        _secrets.Dispose();
        _scheduler.Dispose();
        _evidence.Close(_ledger);
        _metrics.Dispose();
    }

    private void Sweep(DateTimeOffset now)
    {
        _ledger.Sweep(now);
        _leases.Look();
    }
}
