using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Testing;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Tests;

/// <summary>An app with the real engine, a backend that the test scripts, and a multiplexer.</summary>
internal sealed class RedisApp : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly FakeCredentialBackend _backend = new(TimeProvider.System);

    public RedisApp(string configuration, string value, Action<ConfigurationOptions>? configure = null, TimeProvider? time = null, int fallbackAfter = 1000)
        : this(configuration, [value], configure, time, fallbackAfter)
    {
    }

    public RedisApp(string configuration, IEnumerable<string> values, Action<ConfigurationOptions>? configure = null, TimeProvider? time = null, int fallbackAfter = 1000)
    {
        foreach (var value in values)
        {
            _backend.Add("cache", value);
        }

        var services = new ServiceCollection();
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        services.AddRotatingCredentials().Configure(static options => options.OnlyProcess = true).AddCredential("cache", c => c.UseBackend("cache", _ => _backend).Configure(options =>
        {
            // Nothing here waits for an hour of quiet, or wants the engine to fall back before the test has looked.
            options.QuietPeriod = TimeSpan.FromSeconds(1);
            options.FallbackAfterRejections = fallbackAfter;
        }));
        services.AddRotatingRedis("cache", configuration, options =>
        {
            // The library looks after its connections once a second, by a clock of its own.
            options.HeartbeatInterval = time is HurriedTime ? TimeSpan.FromMilliseconds(100) : options.HeartbeatInterval;
            configure?.Invoke(options);
        });
        _services = services.BuildServiceProvider();
    }

    public LogCollector Logs { get; } = new();

    public IConnectionMultiplexer Redis => _services.GetRequiredService<IConnectionMultiplexer>();

    public IRotatingCredentialProvider Provider => _services.GetRequiredKeyedService<IRotatingCredentialProvider>("cache");

    public IRotationLedger Ledger => _services.GetRequiredService<IRotationLedger>();

    public async Task<string> RotateAsync(string value)
    {
        var id = _backend.Add("cache", value);
        await Provider.RefreshAsync(RefreshReason.Requested);
        return id;
    }

    /// <summary>What a host does first.</summary>
    public async Task StartAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>How many connections hold a version.</summary>
    public long Held(string version) => Ledger.GetUses("cache").Where(use => use.VersionId == version).Sum(use => use.Held);

    public VerdictKind Verdict(string version) => Ledger.GetRotations("cache").Single(rotation => rotation.From == version).Verdict.Kind;

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
