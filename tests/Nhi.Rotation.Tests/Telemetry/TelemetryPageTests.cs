using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Telemetry;

/// <summary>The page and the code say the same.</summary>
public sealed class TelemetryPageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_log_event_is_on_the_page_with_its_level()
    {
        var inCode = from type in typeof(CredentialRegistry).Assembly.GetTypes()
                     from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                     let message = method.GetCustomAttribute<LoggerMessageAttribute>()
                     where message is not null
                     orderby message.EventId
                     select $"{message.EventId} {message.EventName ?? method.Name} {message.Level}";

        Assert.Equal(inCode, TelemetryPage.Table("id").Select(row => $"{row[0]} {row[1]} {row[2]}"));
        Assert.All(TelemetryPage.Table("id"), row => Assert.True(row is [_, _, _, { Length: > 0 }, { Length: > 0 }], row[0]));
    }

    [Fact]
    public void Log_events_stay_in_their_ranges()
    {
        Assert.All(TelemetryPage.Table("id"), row => Assert.True(
            int.Parse(row[0]) is (>= 100 and < 150) or (>= 200 and < 250) or (>= 300 and < 350) or (>= 460 and < 480) or (>= 540 and < 560), row[0]));
    }

    [Fact]
    public void Every_instrument_is_on_the_page_with_its_kind_and_unit()
    {
        var inCode = new List<string>();
        using var metrics = new CredentialMetrics(factory: null);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter == metrics.Meter)
                {
                    inCode.Add($"{instrument.Name} {Kind(instrument)} {instrument.Unit}");
                }
            },
        };
        metrics.Observe(() => [], () => [], () => [], () => []);
        listener.Start();

        Assert.Equal(inCode.Order(StringComparer.Ordinal), TelemetryPage.Table("instrument").Select(row => $"{row[0]} {row[1]} {row[2]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_instrument_and_activity_has_the_tags_that_the_page_says()
    {
        // Others run beside this test; the name tells whose telemetry it is.
        var name = $"page-{Guid.NewGuid()}";
        var tags = new ConcurrentDictionary<string, ConcurrentDictionary<string, bool>>();
        using var metrics = ListenToMeters(name, (instrument, keys) => Add(tags, instrument, keys));
        using var activities = ListenToActivities(name, activity => Add(tags, $"activity {activity.OperationName} {activity.Kind.ToString().ToLowerInvariant()}", activity.TagObjects.Select(tag => tag.Key)));

        await LiveAsync(name, metrics);

        var expected = TelemetryPage.Table("instrument").Select(row => $"{row[0]}: {string.Join(", ", TelemetryPage.Tags(row[3]))}")
            .Concat(TelemetryPage.Table("activity").Select(row => $"activity {row[0]} {row[1]}: {string.Join(", ", TelemetryPage.Tags(row[2]))}"));
        var actual = tags.Select(pair => $"{pair.Key}: {string.Join(", ", pair.Value.Keys.Order(StringComparer.Ordinal))}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_tag_value_that_is_a_fixed_word_is_on_the_page()
    {
        var inCode = new Dictionary<string, IEnumerable<string>>
        {
            [TelemetryNames.StageTag] = Enum.GetValues<CredentialStage>().Select(StageTag.Of),
            [TelemetryNames.ReasonTag] = Enum.GetValues<RefreshReason>().Select(ReasonTag.Of),
            [TelemetryNames.PurposeTag] = [TelemetryNames.BeforePromotion, TelemetryNames.AfterRetirement],
            [TelemetryNames.VerdictTag] = Enum.GetValues<ProbeVerdict>().Select(VerdictTag.Of),
            [TelemetryNames.ErrorTag] = Enum.GetValues<BackendFailure>().Select(FailureTag.Of),
        };

        Assert.Equal(
            inCode.Select(pair => $"{pair.Key}: {string.Join(", ", pair.Value.Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal),
            TelemetryPage.Table("tag").Select(row => $"{row[0]}: {string.Join(", ", TelemetryPage.Tags(row[1]))}").Order(StringComparer.Ordinal));
    }

    // A life in which every instrument and every activity has something to tell.
    private static async Task LiveAsync(string name, MeterListener metrics)
    {
        var probe = new SwitchableProbe();
        var backend = new ScriptedBackend().Put("v1", "one");
        var batch = new ScriptedBatchBackend();
        batch.Put("v1", "one");
        await using var engine = new Engine(
            Engine.Credential(backend, name, new CredentialOptions { Overlap = TimeSpan.FromSeconds(30), ProveRetirement = true }, probe: probe),
            Engine.Credential(batch, $"{name}-a"),
            Engine.Credential(batch, $"{name}-b"));
        backend.Put("v1", "one", createdOn: engine.Time.GetUtcNow(), expiresOn: engine.Time.GetUtcNow() + TimeSpan.FromDays(1));
        var provider = engine[name];
        await provider.GetCurrentAsync(Ct);
        await engine.SettleAsync();
        var captured = provider.Current;
        captured.Reveal();
        using var open = captured.Hold();
        provider.Match(Encoding.UTF8.GetBytes("one"), "somebody");
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        backend.Put("v2", "two", createdOn: engine.Time.GetUtcNow());
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        backend.Put("v3", "two", createdOn: engine.Time.GetUtcNow());
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        captured.Reveal();
        provider.Report(captured, CredentialOutcome.Rejected);
        metrics.RecordObservableInstruments();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(31));
        backend.FailNext(new BackendException(name, BackendFailure.AccessDenied, "denied", "None."));
        await provider.RevokeAsync("v1", "leaked", Ct);
        await engine.SettleAsync();
        metrics.RecordObservableInstruments();
    }

    private static void Add(ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> tags, string what, IEnumerable<string> keys)
    {
        var known = tags.GetOrAdd(what, _ => new());
        foreach (var key in keys)
        {
            known[key] = true;
        }
    }

    private static MeterListener ListenToMeters(string name, Action<string, IEnumerable<string>> heard)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == TelemetryNames.Meter)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Hear(instrument, tags));
        listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Hear(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Hear(instrument, tags));
        listener.Start();
        return listener;

        void Hear(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var copy = tags.ToArray();
            if (copy.Contains(new(TelemetryNames.NameTag, name)))
            {
                heard(instrument.Name, copy.Select(tag => tag.Key));
            }
        }
    }

    private static ActivityListener ListenToActivities(string name, Action<Activity> heard)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == TelemetryNames.ActivitySource,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                // A batch has no name. Those of other tests have the same tags, so they cannot hide a difference.
                if (Equals(activity.GetTagItem(TelemetryNames.NameTag), name) || activity.GetTagItem(TelemetryNames.BatchSizeTag) is not null)
                {
                    heard(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static string Kind(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" => "counter",
        "Histogram" => "histogram",
        "ObservableCounter" => "observable counter",
        "ObservableGauge" => "observable gauge",
        "ObservableUpDownCounter" => "observable up-down counter",
        var other => other,
    };
}
