using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Nhi.Rotation.Tests.Leaks;

/// <summary>Listens to all meters, activity sources and event sources of the process but those of the server, which is the other side.</summary>
internal sealed class Ears : IDisposable
{
    private const string OtherSide = "Microsoft.AspNetCore";

    private readonly Output _output;
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters;
    private readonly List<Metric> _exported = [];
    private readonly MeterProvider _openTelemetry;
    private readonly Events _events;

    public Ears(Output output, Func<string, bool>? eventSources = null)
    {
        _output = output;
        _activities = new ActivityListener
        {
            ShouldListenTo = static source => !source.Name.StartsWith(OtherSide, StringComparison.Ordinal),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = Add,
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(_activities);
        _meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (!instrument.Meter.Name.StartsWith(OtherSide, StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _meters.SetMeasurementEventCallback<int>(Add);
        _meters.SetMeasurementEventCallback<long>(Add);
        _meters.SetMeasurementEventCallback<double>(Add);
        _meters.Start();
        _openTelemetry = Sdk.CreateMeterProviderBuilder().AddMeter("Nhi.*").AddMeter("System.Net.*").AddMeter("Polly*").AddInMemoryExporter(_exported).Build();
        _events = new Events(_output, eventSources ?? IsPublic);
    }

    public void Collect()
    {
        _meters.RecordObservableInstruments();
        _openTelemetry.ForceFlush();
        foreach (var metric in _exported)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var tags = new List<string>();
                foreach (var tag in point.Tags)
                {
                    tags.Add($"{tag.Key}={Output.TextOf(tag.Value)}");
                }

                _output.Add($"exported metric {metric.Name}", $"{metric.Description} {metric.Unit} {string.Join(' ', tags)}");
            }
        }

        _exported.Clear();
    }

    public void Dispose()
    {
        _events.Dispose();
        _openTelemetry.Dispose();
        _meters.Dispose();
        _activities.Dispose();
    }

    // The private ones and the bridge to DiagnosticSource are debugging aids of the runtime that show whole requests: see HttpLeakTests.
    private static bool IsPublic(string source) =>
        !source.StartsWith("Private.", StringComparison.Ordinal)
        && source != "Microsoft-Diagnostics-DiagnosticSource"
        && !source.StartsWith(OtherSide, StringComparison.Ordinal)
        && !source.StartsWith("Microsoft-AspNetCore", StringComparison.Ordinal)
        && !source.StartsWith("Microsoft-Windows-DotNETRuntime", StringComparison.Ordinal);

    private void Add(Activity activity)
    {
        var where = $"activity {activity.Source.Name}/{activity.OperationName}";
        _output.Add(where, $"{activity.DisplayName} {activity.StatusDescription} {activity.TraceStateString}");
        _output.Add(where, string.Join(' ', activity.TagObjects.Select(static tag => $"{tag.Key}={Output.TextOf(tag.Value)}")));
        _output.Add(where, string.Join(' ', activity.Baggage));
        foreach (var @event in activity.Events)
        {
            _output.Add(where, $"{@event.Name} {string.Join(' ', @event.Tags.Select(static tag => $"{tag.Key}={Output.TextOf(tag.Value)}"))}");
        }
    }

    private void Add<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        _output.Add($"metric {instrument.Name}", $"{value} {string.Join(' ', tags.ToArray().Select(static tag => $"{tag.Key}={Output.TextOf(tag.Value)}"))}");

    private sealed class Events : EventListener
    {
        private readonly Output _output;
        private readonly Func<string, bool> _isHeard;

        public Events(Output output, Func<string, bool> isHeard)
        {
            (_output, _isHeard) = (output, isHeard);

            // The base constructor has told of the sources that exist before there was a filter; they are asked for again.
            foreach (var source in EventSource.GetSources())
            {
                Enable(source);
            }
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (_isHeard is not null)
            {
                Enable(eventSource);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) => _output?.Add(
            $"event {eventData.EventSource.Name}/{eventData.EventName}",
            $"{eventData.Message} {string.Join(' ', (eventData.Payload ?? []).Select(Output.TextOf))}");

        private void Enable(EventSource source)
        {
            if (_isHeard(source.Name))
            {
                EnableEvents(source, EventLevel.Verbose, EventKeywords.All);
            }
        }
    }
}
