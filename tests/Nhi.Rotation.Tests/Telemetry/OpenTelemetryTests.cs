using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Tests.Support;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Nhi.Rotation.Tests.Telemetry;

public sealed class OpenTelemetryTests
{
    private const string Canary = "CANARY-2b40";

    private readonly string _name = $"otel-{Guid.NewGuid()}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rotation_is_exported_as_metrics_and_traces()
    {
        var metrics = new List<Metric>();
        var traces = new List<Activity>();
        using var meters = Sdk.CreateMeterProviderBuilder().AddMeter("Nhi.Rotation").AddInMemoryExporter(metrics).Build();
        using var tracers = Sdk.CreateTracerProviderBuilder().AddSource("Nhi.Rotation").AddInMemoryExporter(traces).Build();
        var backend = new ScriptedBackend().Put("v1", $"{Canary}-1");
        await using var services = Services(backend);
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>(_name).ForConsumer("billing");
        await provider.GetCurrentAsync(Ct);
        var captured = provider.Current;
        backend.Put("v2", $"{Canary}-2");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        captured.Reveal();
        provider.Current.Reveal();
        provider.Current.Reveal();
        meters.ForceFlush();
        tracers.ForceFlush();

        var points = Points(metrics);
        Assert.Equal(1, Sum(points, "nhi.credential.uses", "nhi.credential.version", "v1"));
        Assert.Equal(2, Sum(points, "nhi.credential.uses", "nhi.credential.version", "v2"));
        Assert.Equal(1, Sum(points, "nhi.credential.residual_uses", "nhi.credential.stage", "previous"));
        Assert.Equal(1, Sum(points, "nhi.credential.rotations", "nhi.credential.name", _name));
        Assert.Equal(1, Sum(points, "nhi.credential.refreshes", "nhi.refresh.reason", "requested"));
        var mine = traces.ToArray().Where(activity => Equals(activity.GetTagItem("nhi.credential.name"), _name)).ToArray();
        Assert.Equal(["startup", "requested"], mine.Select(activity => activity.GetTagItem("nhi.refresh.reason")));
        Assert.DoesNotContain(
            points.Select(point => $"{point.Name} {string.Join(' ', point.Tags)}").Concat(mine.Select(activity => string.Join(' ', activity.TagObjects))),
            text => text.Contains(Canary, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ten_thousand_callers_and_consumers_are_a_few_hundred_series()
    {
        var metrics = new List<Metric>();
        using var meters = Sdk.CreateMeterProviderBuilder().AddMeter("Nhi.Rotation").AddInMemoryExporter(metrics).Build();
        await using var services = Services(new ScriptedBackend().Put("v1", Canary));
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>(_name);
        await provider.GetCurrentAsync(Ct);
        var presented = Encoding.UTF8.GetBytes(Canary);
        for (var i = 0; i < 10_000; i++)
        {
            provider.ForConsumer($"consumer-{i}").Current.Reveal();
            provider.Match(presented, $"caller-{i}");
        }

        meters.ForceFlush();

        var points = Points(metrics);
        Assert.Equal(20_000, Sum(points, "nhi.credential.uses", "nhi.credential.name", _name));
        Assert.InRange(points.Count(point => point.Name == "nhi.credential.uses"), 200, 204);
        Assert.InRange(points.Count, 200, 650);
        Assert.True(Sum(points, "nhi.credential.uses", "nhi.consumer", "other") >= 9_900);
        Assert.True(Sum(points, "nhi.credential.uses", "nhi.caller", "other") >= 9_900);
    }

    private ServiceProvider Services(ICredentialBackend backend)
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddRotatingCredentials().AddCredential(_name, credential => credential.UseBackend("key", _ => backend).Configure(options => options.MinimumLength = 1));
        return services.BuildServiceProvider();
    }

    // Other tests use the same meter's name at the same time; the credential's name tells whose point it is.
    private List<(string Name, Dictionary<string, object?> Tags, double Value)> Points(List<Metric> metrics)
    {
        var points = new List<(string, Dictionary<string, object?>, double)>();
        foreach (var metric in metrics)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var tags = new Dictionary<string, object?>();
                foreach (var tag in point.Tags)
                {
                    tags[tag.Key] = tag.Value;
                }

                if (Equals(tags.GetValueOrDefault("nhi.credential.name"), _name))
                {
                    points.Add((metric.Name, tags, Value(metric, point)));
                }
            }
        }

        return points;
    }

    private static double Value(Metric metric, in MetricPoint point) => metric.MetricType switch
    {
        MetricType.LongSum => point.GetSumLong(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
        MetricType.Histogram => point.GetHistogramCount(),
        _ => throw new InvalidOperationException(metric.MetricType.ToString()),
    };

    private static double Sum(List<(string Name, Dictionary<string, object?> Tags, double Value)> points, string name, string key, string value) =>
        points.Where(point => point.Name == name && Equals(point.Tags.GetValueOrDefault(key), value)).Sum(point => point.Value);
}
