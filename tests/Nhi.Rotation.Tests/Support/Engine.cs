using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Journal;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Tests.Support;

/// <summary>The real engine on fake time, without dependency injection.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly CredentialRegistry _registry;

    public Engine(params CoreSettings[] credentials)
        : this(Scheduling(), credentials)
    {
    }

    public Engine(SchedulerSettings scheduling, params CoreSettings[] credentials)
        : this(scheduling, evidence: null, credentials)
    {
    }

    /// <summary>An engine that writes evidence to files.</summary>
    public Engine(EvidenceFileOptions evidence, params CoreSettings[] credentials)
        : this(Scheduling(), evidence, credentials)
    {
    }

    /// <summary>An engine that knows something of other runs.</summary>
    public Engine(IPast past, params CoreSettings[] credentials)
        : this(Scheduling(), evidence: null, credentials, past)
    {
    }

    private Engine(SchedulerSettings scheduling, EvidenceFileOptions? evidence, CoreSettings[] credentials, IPast? past = null)
    {
        var log = new EngineLog(Log);
        Instance = Guid.NewGuid().ToString("n")[..16];
        Journal = evidence is null ? null : new EvidenceJournal(evidence, new ChainIdentity("shop", Instance, "0.1.0", Time.GetUtcNow()), Time, log);
        var metrics = new CredentialMetrics(factory: null);
        Meter = metrics.Meter;
        _registry = new CredentialRegistry(credentials, scheduling, Time, metrics, log, new EvidenceParts(Journal, new HeapCheck { Heap = Heap }, past));
    }

    public string Instance { get; }

    public EvidenceJournal? Journal { get; }

    public System.Diagnostics.Metrics.Meter Meter { get; }

    public FakeHeap Heap { get; } = new();

    public TwoClocks Time { get; } = new();

    public FakeLogger Log { get; } = new();

    public IRotationLedger Ledger => _registry.Ledger;

    public IRotatingCredentialProvider this[string name] => _registry.Get(name);

    /// <summary>A credential whose values may be as short as tests like them.</summary>
    public static CoreSettings Credential(
        ICredentialBackend backend,
        string name = "stripe",
        CredentialOptions? options = null,
        ICredentialProbe? probe = null,
        Func<CredentialRules, CredentialRules>? change = null)
    {
        options ??= new();
        options.MinimumLength ??= 1;
        var settings = CoreSettings.From(name, key: name, backend, probe, backendInterval: null, consumer: "app", options, new RotatingCredentialsOptions());
        return change is null ? settings : settings with { Rules = change(settings.Rules) };
    }

    /// <summary>An engine with one credential, loaded.</summary>
    public static async Task<(Engine Engine, IRotatingCredentialProvider Provider)> StartAsync(
        ICredentialBackend backend, CredentialOptions? options = null, ICredentialProbe? probe = null)
    {
        var engine = new Engine(Credential(backend, options: options, probe: probe));
        await engine["stripe"].GetCurrentAsync();
        await engine.SettleAsync();
        return (engine, engine["stripe"]);
    }

    public static SchedulerSettings Scheduling(RotatingCredentialsOptions? shared = null) => SchedulerSettings.From(shared ?? new());

    public CredentialStatus Status(string name) => _registry.ReadStatus(name);

    public void Start() => _registry.Start();

    /// <summary>Moves time in steps, each settled, so that what is due in between happens in order.</summary>
    public async Task AdvanceAsync(TimeSpan by, TimeSpan? step = null)
    {
        var size = step ?? TimeSpan.FromSeconds(1);
        for (var done = TimeSpan.Zero; done < by; done += size)
        {
            Time.Advance(by - done < size ? by - done : size);
            await SettleAsync();
        }
    }

    /// <summary>The same where refreshes fail and wait for time to pass before they retry.</summary>
    public async Task AdvanceThroughFailuresAsync(TimeSpan by, TimeSpan step)
    {
        for (var done = TimeSpan.Zero; done < by; done += step)
        {
            Time.Advance(step);
            for (var spin = 0; spin < 20 && !_registry.IsIdle; spin++)
            {
                await Task.Delay(1);
            }
        }
    }

    /// <summary>Moves time until retries have come to an end.</summary>
    public async Task DrainAsync()
    {
        for (var seconds = 0; seconds == 0 || !_registry.IsIdle; seconds++)
        {
            Assert.True(seconds < 1_000, "a refresh is still under way");
            await AdvanceThroughFailuresAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Waits until no refresh and no probe is under way. Retries inside a refresh need time to be moved.</summary>
    public async Task SettleAsync()
    {
        for (var spin = 0; !_registry.IsIdle; spin++)
        {
            Assert.True(spin < 2_000_000, "a refresh is still under way");
            await Task.Yield();
        }

        if (Journal is not null)
        {
            await Journal.Writing;
        }
    }

    /// <summary>Waits for something that another thread is about to do.</summary>
    public static async Task EventuallyAsync(Func<bool> condition)
    {
        for (var spin = 0; !condition(); spin++)
        {
            Assert.True(spin < 2_000_000, "it did not happen");
            await Task.Yield();
        }
    }

    public ValueTask DisposeAsync() => _registry.DisposeAsync();
}
