using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Nhi.Rotation.Evidence.Tests.Agreement;

/// <summary>What was scraped, at even moments, as promtool takes it.</summary>
internal sealed class Series
{
    private readonly Dictionary<string, Dictionary<int, double>> _series = new(StringComparer.Ordinal);

    /// <summary>Reads all observable instruments of a meter, as one instance.</summary>
    public void Scrape(Meter meter, string instance, int at)
    {
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter == meter && instrument.IsObservable)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Set(SeriesOf(instrument, instance, tags, "_total"), at, value));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Set(SeriesOf(instrument, instance, tags, ""), at, value));
        listener.Start();
        listener.RecordObservableInstruments();
    }

    public void Set(string series, int at, double value)
    {
        if (!_series.TryGetValue(series, out var values))
        {
            _series.Add(series, values = []);
        }

        values[at] = value;
    }

    /// <summary>Appends the input of a test.</summary>
    public void Write(StringBuilder test, int until)
    {
        foreach (var (series, values) in _series)
        {
            test.Append(CultureInfo.InvariantCulture, $"      - series: '{series}'\n        values: '{string.Join(' ', Enumerable.Range(0, until + 1).Select(at => Value(values, at)))}'\n");
        }
    }

    // A series that is no longer there ends; one that was never there is empty.
    private static string Value(Dictionary<int, double> values, int at) =>
        values.TryGetValue(at, out var value) ? value.ToString(CultureInfo.InvariantCulture) : values.ContainsKey(at - 1) ? "stale" : "_";

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
