using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Evidence.Tests.Agreement;

/// <summary>Engines on fake time that write evidence and are scraped once a minute, as Prometheus would.</summary>
internal sealed class ScrapedFleet : IAsyncDisposable
{
    private readonly EvidenceDirectory _evidence = new();
    private readonly List<(Engine Engine, ScriptedBackend Backend)> _instances = [];
    private readonly Dictionary<string, Dictionary<int, double>> _series = new(StringComparer.Ordinal);
    private readonly HashSet<int> _dead = [];
    private readonly HashSet<int> _stopped = [];

    public Credential? Captured { get; set; }

    public IDisposable? Held { get; set; }

    public int Minute { get; private set; }

    private DateTimeOffset Now => _instances[0].Engine.Time.GetUtcNow();

    public IRotatingCredentialProvider this[int instance] => _instances[instance].Engine["stripe"];

    /// <summary>Starts an instance that finds these versions.</summary>
    public async Task StartAsync(params string[] versions)
    {
        var backend = new ScriptedBackend();
        Put(backend, versions);
        var engine = new Engine(
            new EvidenceFileOptions { Directory = _evidence.Path },
            Engine.Credential(backend, options: new CredentialOptions { Overlap = TimeSpan.FromMinutes(40) }),
            Engine.Credential(new ScriptedBackend().Put("v1", "of another"), name: "db"));
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

    /// <summary>All that was scraped, as a test for promtool with these expectations.</summary>
    public string ToPromtoolTest(string name, IEnumerable<(int Minute, string Old, int? Verdict)> expected)
    {
        var test = new StringBuilder($"  - name: '{name}'\n    interval: 1m\n    input_series:\n");
        foreach (var (series, values) in _series)
        {
            test.Append(CultureInfo.InvariantCulture, $"      - series: '{series}'\n        values: '{string.Join(' ', Enumerable.Range(0, Minute + 1).Select(minute => Value(values, minute)))}'\n");
        }

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

    private static void Put(ScriptedBackend backend, string[] versions)
    {
        foreach (var version in versions)
        {
            backend.Put(version, $"value-of-{version}", version == versions[^1] ? VersionLabel.Current : VersionLabel.Previous);
        }
    }

    // A series that is no longer there ends; one that was never there is empty.
    private static string Value(Dictionary<int, double> values, int minute) =>
        values.TryGetValue(minute, out var value) ? value.ToString(CultureInfo.InvariantCulture) : values.ContainsKey(minute - 1) ? "stale" : "_";

    private void Scrape(int instance)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"i{instance}");
        if (_stopped.Contains(instance))
        {
            return;
        }

        Set($"up{{job=\"shop\", instance=\"{name}\"}}", _dead.Contains(instance) ? 0 : 1);
        if (_dead.Contains(instance))
        {
            return;
        }

        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter == _instances[instance].Engine.Meter && instrument.IsObservable)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Set(SeriesOf(instrument, name, tags, "_total"), value));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Set(SeriesOf(instrument, name, tags, ""), value));
        listener.Start();
        listener.RecordObservableInstruments();
    }

    private void Set(string series, double value)
    {
        if (!_series.TryGetValue(series, out var values))
        {
            _series.Add(series, values = []);
        }

        values[Minute] = value;
    }

    private static string SeriesOf(Instrument instrument, string instance, ReadOnlySpan<KeyValuePair<string, object?>> tags, string suffix)
    {
        var labels = new StringBuilder($"job=\"shop\", instance=\"{instance}\"");
        foreach (var (tag, value) in tags)
        {
            labels.Append(CultureInfo.InvariantCulture, $", {tag.Replace('.', '_')}=\"{value}\"");
        }

        return $"{instrument.Name.Replace('.', '_')}{suffix}{{{labels}}}";
    }
}
