using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Tests.Telemetry;

/// <summary>The names of all instruments by the rules of https://opentelemetry.io/docs/specs/semconv/general/naming/ and .../general/metrics/.</summary>
public sealed partial class MetricNameTests
{
    [Fact]
    public void Every_metric_is_named_as_OpenTelemetry_wants_it()
    {
        List<Instrument> instruments = [];
        using var metrics = new CredentialMetrics(factory: null);
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => Add(instrument) };
        listener.Start();
        metrics.Observe(() => [], () => [], () => [], () => []);

        Assert.True(instruments.Count > 10, $"only {instruments.Count} instruments were seen");
        Assert.All(instruments, instrument =>
        {
            Assert.Matches(Form(), instrument.Name);
            var last = instrument.Name.Split('.')[^1];

            // A name is plural only where discrete things are counted that are never uncounted.
            var isPlural = last.EndsWith('s');
            Assert.True(!isPlural || (IsCounter(instrument) && instrument.Unit is ['{', .., '}']), $"{instrument.Name} is plural");
            Assert.True(!last.EndsWith("total", StringComparison.Ordinal), $"{instrument.Name} has a total, which exporters add");
            Assert.False(string.IsNullOrEmpty(instrument.Unit), $"{instrument.Name} has no unit");
            Assert.DoesNotMatch(Unit(), instrument.Name);
        });

        void Add(Instrument instrument)
        {
            if (instrument.Meter == metrics.Meter)
            {
                instruments.Add(instrument);
            }
        }
    }

    private static bool IsCounter(Instrument instrument) => instrument.GetType().Name is var type && type.Contains("Counter", StringComparison.Ordinal) && !type.Contains("UpDown", StringComparison.Ordinal);

    [GeneratedRegex(@"\Anhi(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)+\z")]
    private static partial Regex Form();

    [GeneratedRegex(@"(seconds|milliseconds|bytes|ratio)\z")]
    private static partial Regex Unit();
}
