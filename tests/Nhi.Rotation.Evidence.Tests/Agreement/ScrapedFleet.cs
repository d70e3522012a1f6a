using System.Globalization;
using System.Text;
using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Evidence.Tests.Agreement;

/// <summary>Engines on fake time that write evidence and are scraped once a minute, as Prometheus would.</summary>
internal sealed class ScrapedFleet : IAsyncDisposable
{
    private readonly EvidenceDirectory _evidence = new();
    private readonly List<(Engine Engine, ScriptedBackend Backend)> _instances = [];
    private readonly Series _series = new();
    private readonly HashSet<int> _dead = [];
    private readonly HashSet<int> _stopped = [];

    public Credential? Captured { get; set; }

    public IDisposable? Held { get; set; }

    public int Minute { get; private set; }

    /// <summary>Versions with another value than their own.</summary>
    public Dictionary<string, string> Values { get; } = [];

    public bool RequiresProof { get; init; }

    public string ValueOfOther { get; init; } = "of another";

    public DateTimeOffset Now => _instances[0].Engine.Time.GetUtcNow();

    public IRotatingCredentialProvider this[int instance] => _instances[instance].Engine["stripe"];

    /// <summary>Starts an instance that finds these versions.</summary>
    public async Task StartAsync(params string[] versions)
    {
        var backend = new ScriptedBackend();
        Put(backend, versions);
        var engine = new Engine(
            new EvidenceFileOptions { Directory = _evidence.Path },
            Engine.Credential(backend, options: new CredentialOptions { Overlap = TimeSpan.FromMinutes(40), RequireProof = RequiresProof }),
            Engine.Credential(new ScriptedBackend().Put("v1", ValueOfOther), name: "db"));
        if (_instances.Count > 0)
        {
            engine.Time.Advance(Now - engine.Time.GetUtcNow());
        }

        _instances.Add((engine, backend));
        await engine["stripe"].GetCurrentAsync();
        await engine["db"].GetCurrentAsync();
        await engine.SettleAsync();
    }

    /// <summary>The last of the versions is current from now on.</summary>
    public async Task RotateAsync(int instance, params string[] versions)
    {
        Put(_instances[instance].Backend, versions);
        await this[instance].RefreshAsync(RefreshReason.Requested);
        await _instances[instance].Engine.SettleAsync();
    }

    public void Use(int instance, string consumer = "client", bool accepted = true)
    {
        var credential = this[instance].ForConsumer(consumer).Current;
        credential.Reveal();
        if (accepted)
        {
            this[instance].Report(credential, CredentialOutcome.Accepted);
        }
    }

    /// <summary>The current version was answered.</summary>
    public void Answer(int instance, bool isProof) =>
        this[instance].Report(this[instance].Current, isProof ? CredentialOutcome.Accepted : CredentialOutcome.Answered, "200 from GET /open");

    public void UseOther(int instance) => _instances[instance].Engine["db"].Current.Reveal();

    /// <summary>It writes no more, and cannot be scraped.</summary>
    public void Kill(int instance) => _dead.Add(instance);

    /// <summary>It stops in good order, and service discovery forgets it.</summary>
    public async Task StopAsync(int instance)
    {
        _stopped.Add(instance);
        await _instances[instance].Engine.DisposeAsync();
    }

    public async Task AdvanceAsync()
    {
        Minute++;
        for (var i = 0; i < _instances.Count; i++)
        {
            if (!_dead.Contains(i) && !_stopped.Contains(i))
            {
                await _instances[i].Engine.AdvanceAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30));
            }

            Scrape(i);
        }
    }

    public (int Exit, string Output, string Errors) Ask(string old) => _evidence.Verify(Now, "--credential", "stripe", "--old-version", old);

    /// <summary>What each instance that runs says itself of an old version.</summary>
    public IEnumerable<(string Instance, RotationVerdict Verdict)> Say(string old) =>
        from one in _instances.Select((instance, index) => (instance.Engine, index))
        where !_dead.Contains(one.index) && !_stopped.Contains(one.index)
        from rotation in one.Engine.Ledger.GetRotations("stripe")
        where rotation.From == old
        select (one.Engine.Instance, rotation.Verdict);

    /// <summary>All that was scraped, as a test for promtool with these expectations.</summary>
    public string ToPromtoolTest(string name, IEnumerable<(int Minute, string Old, int? Verdict)> expected)
    {
        var test = new StringBuilder($"  - name: '{name}'\n    interval: 1m\n    input_series:\n");
        _series.Write(test, Minute);
        test.Append("    promql_expr_test:\n");
        foreach (var (minute, old, verdict) in expected)
        {
            var labels = $"nhi:credential:verdict{{nhi_credential_name=\"stripe\", nhi_credential_version=\"{old}\"}}";
            test.Append(CultureInfo.InvariantCulture, $"      - expr: '{labels}'\n        eval_time: {minute}m\n        exp_samples: [ {{ labels: '{labels}', value: {verdict} }} ]\n");
        }

        return test.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (engine, _) in _instances)
        {
            await engine.DisposeAsync();
        }

        _evidence.Dispose();
    }

    private void Put(ScriptedBackend backend, string[] versions)
    {
        foreach (var version in versions)
        {
            backend.Put(version, Values.GetValueOrDefault(version, $"value-of-{version}"), version == versions[^1] ? VersionLabel.Current : VersionLabel.Previous);
        }
    }

    private void Scrape(int instance)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"i{instance}");
        if (_stopped.Contains(instance))
        {
            return;
        }

        _series.Set($"up{{job=\"shop\", instance=\"{name}\"}}", Minute, _dead.Contains(instance) ? 0 : 1);
        if (_dead.Contains(instance))
        {
            return;
        }

        _series.Scrape(_instances[instance].Engine.Meter, name, Minute);
    }
}
