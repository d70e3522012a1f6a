using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Clients.Tests;

/// <summary>The real engine over a scripted backend with one credential, "key".</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly MeterListener _meters = new();
    private readonly ConcurrentQueue<string?> _rejections = new();

    public TestApp(string value, Action<RotatingCredentialsBuilder>? configure = null, bool tryPendingLast = false)
    {
        Backend.Add("key", value);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddEventSourceLogger().AddProvider(new FakeLoggerProvider(Log))).AddMetrics();
        var credentials = services.AddRotatingCredentials().AddCredential("key", c => c.UseBackend("key", _ => Backend).Configure(options => options.TryPendingLast = tryPendingLast));
        configure?.Invoke(credentials);
        _services = services.BuildServiceProvider();
        var meters = _services.GetRequiredService<IMeterFactory>();
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "nhi.credential.rejections" && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((_, _, tags, _) => _rejections.Enqueue(tags.ToArray().Single(static tag => tag.Key == "nhi.consumer").Value as string));
        _meters.Start();
    }

    public FakeCredentialBackend Backend { get; } = new(TimeProvider.System);

    /// <summary>What was logged, at all levels.</summary>
    public FakeLogCollector Log { get; } = new();

    public IServiceProvider Services => _services;

    public IRotatingCredentialProvider Key => _services.GetRequiredKeyedService<IRotatingCredentialProvider>("key");

    /// <summary>How many rejections were reported.</summary>
    public int Rejections => _rejections.Count;

    /// <summary>By whom, as the metric says.</summary>
    public IEnumerable<string?> RejectedBy => _rejections.Distinct();

    /// <summary>When the other side first accepted a version that replaced another one.</summary>
    public DateTimeOffset? AcceptedAt(string versionId) =>
        _services.GetRequiredService<IRotationLedger>().GetRotations("key").Single(rotation => rotation.To == versionId).New?.AcceptedAt;

    /// <summary>How many holds of a version are open.</summary>
    public int Held(string versionId) =>
        _services.GetRequiredService<IRotationLedger>().GetUses("key").Where(use => use.VersionId == versionId).Sum(use => use.Held);

    public IEnumerable<CredentialUse> Uses(string versionId) => _services.GetRequiredService<IRotationLedger>().GetUses("key").Where(use => use.VersionId == versionId && use.Uses > 0);

    public async Task<string> RotateAsync(string value)
    {
        Backend.Add("key", value);
        return (await Key.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken)).Current!.VersionId;
    }

    /// <summary>A server on a free loopback port.</summary>
    public static async Task<WebApplication> ServeAsync(RequestDelegate handle)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        app.Run(handle);
        await app.StartAsync();
        return app;
    }

    public ValueTask DisposeAsync()
    {
        _meters.Dispose();
        return _services.DisposeAsync();
    }
}
