using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Recipes.Tests.Servers;
using Nhi.Rotation.Testing;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Nhi.Rotation.Recipes.Tests;

/// <summary>The real exporters over HTTP, to a collector that accepts one key at a time.</summary>
public sealed class OtlpTests : IAsyncDisposable
{
    private readonly FakeCredentialBackend _store = new(TimeProvider.System);
    private readonly ActivitySource _source = new($"otlp-{Guid.NewGuid()}");
    private readonly Meter _meter = new($"otlp-{Guid.NewGuid()}");
    private IHost? _app;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_export_is_lost_while_the_collector_swaps_keys_without_an_overlap()
    {
        await using var collector = await KeyedServer.StartAsync("Authorization", "Bearer ");
        collector.Accept("first");
        var app = await StartAsync(collector);

        Export(app, "span-1");

        // The store first, and the collector some exports later.
        _store.Add("collector-key", "second");
        await app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("collector-key").RefreshAsync(RefreshReason.Requested, Ct);
        Export(app, "span-2");
        Export(app, "span-3");
        collector.Accept("second");
        Export(app, "span-4");

        // The collector first: the exporter's request waits for the store. What earlier refusals asked for has been answered by now, so that nothing but this one's own question finds the key.
        await app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("collector-key").RefreshAsync(RefreshReason.Requested, Ct);
        _store.Add("collector-key", "third");
        collector.Accept("third");
        Export(app, "span-5");

        var exported = collector.Bodies.Select(Encoding.UTF8.GetString).ToList();
        Assert.Equal(5, exported.Count);
        Assert.All(exported.Index(), export => Assert.Contains($"span-{export.Index + 1}", export.Item, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_and_logs_survive_it_too()
    {
        await using var collector = await KeyedServer.StartAsync("Authorization", "Bearer ");
        collector.Accept("first");
        var app = await StartAsync(collector);
        var counter = _meter.CreateCounter<long>("orders-taken");
        var logs = app.Services.GetRequiredService<ILogger<OtlpTests>>();
        _store.Add("collector-key", "second");
        collector.Accept("second");

        counter.Add(1);
        Assert.True(app.Services.GetRequiredService<MeterProvider>().ForceFlush());
        _store.Add("collector-key", "third");
        collector.Accept("third");
#pragma warning disable CA1848, CA2254 // One line in one test.
        logs.LogInformation("an order was taken");
#pragma warning restore CA1848, CA2254
        Assert.True(app.Services.GetRequiredService<LoggerProvider>().ForceFlush());

        var exported = collector.Bodies.Select(Encoding.UTF8.GetString).ToList();
        Assert.Contains(exported, export => export.Contains("orders-taken", StringComparison.Ordinal));
        Assert.Contains(exported, export => export.Contains("an order was taken", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        _source.Dispose();
        _meter.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            _app.Dispose();
        }
    }

    private void Export(IHost app, string span)
    {
        _source.StartActivity(span)!.Dispose();
        Assert.True(app.Services.GetRequiredService<TracerProvider>().ForceFlush());
    }

    private async Task<IHost> StartAsync(KeyedServer collector)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address)]);
        _store.Add("collector-key", "first");
        builder.Services.AddRotatingCredentials().AddCredential("collector-key", credential => credential
            .UseBackend("collector-key", _ => _store)
            .Configure(static options => options.RejectionRefreshInterval = TimeSpan.FromTicks(1)));
        CollectorKey.Add(builder.Services, collector.Host);
        builder.Services.AddOpenTelemetry()
            .WithTracing(traces => traces.AddSource(_source.Name).AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter(_meter.Name).AddOtlpExporter())
            .WithLogging(logs => logs.AddOtlpExporter());
        _app = builder.Build();
        await _app.StartAsync(Ct);
        return _app;
    }
}
