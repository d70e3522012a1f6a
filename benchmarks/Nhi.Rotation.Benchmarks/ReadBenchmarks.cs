using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Benchmarks.Support;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using ZiggyCreatures.Caching.Fusion;

namespace Nhi.Rotation.Benchmarks;

/// <summary>What it costs to get the value of a credential, each time it is needed.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class ReadBenchmarks
{
    private const string Read = "read";
    private const string Use = "use";
    private const string Key = "Credentials:Stripe:Key";
    private const int Reads = 64;

    private readonly Meter _meter = new("benchmark");
    private readonly List<Metric> _exported = [];
    private volatile Credential? _field;
    private IRotatingCredentialProvider _provider = null!;
    private IDerived<string> _header = null!;
    private IConfiguration _configuration = null!;
    private IOptionsMonitor<StripeOptions> _options = null!;
    private IMemoryCache _memoryCache = null!;
    private IFusionCache _fusionCache = null!;
    private HybridCache _hybridCache = null!;
    private Counter<long> _counter = null!;
    private MeterProvider _telemetry = null!;
    private DirectoryInfo _evidence = null!;
    private ServiceProvider _services = null!;
    private IRotatingCredentialProvider _evidenced = null!;

    [GlobalSetup]
    public void Setup()
    {
        _provider = OneCredential.Load(new MemoryBackend(Keys.Version(1, Keys.Current)));
        _field = _provider.Current;
        _header = _provider.Derive(static credential => "Bearer " + credential.Reveal());

        _configuration = new ConfigurationBuilder().AddInMemoryCollection([new(Key, Keys.Current)]).Build();
        var services = new ServiceCollection()
            .Configure<StripeOptions>(options => options.Key = Keys.Current)
            .AddMemoryCache();
        services.AddHybridCache();
        services.AddFusionCache();
        var provider = services.BuildServiceProvider();
        _options = provider.GetRequiredService<IOptionsMonitor<StripeOptions>>();
        _memoryCache = provider.GetRequiredService<IMemoryCache>();
        _memoryCache.Set(Key, Keys.Current);
        _fusionCache = provider.GetRequiredService<IFusionCache>();
        _fusionCache.Set(Key, Keys.Current);
        _hybridCache = provider.GetRequiredService<HybridCache>();

        _evidence = Directory.CreateTempSubdirectory("evidence");
        _services = OneCredential.Declare(new MemoryBackend(Keys.Version(1, Keys.Current)), _evidence);
        _evidenced = _services.GetRequiredKeyedService<IRotatingCredentialProvider>(OneCredential.Name);
        _evidenced.GetCurrentAsync().AsTask().GetAwaiter().GetResult();

        _counter = _meter.CreateCounter<long>("uses");
        _telemetry = Sdk.CreateMeterProviderBuilder().AddMeter(_meter.Name).AddInMemoryExporter(_exported).Build();
        Counter();
        _telemetry.ForceFlush();
        if (_exported.Count == 0)
        {
            throw new InvalidOperationException("The SDK is not attached to the counter.");
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _telemetry.Dispose();
        _services.DisposeAsync().AsTask().GetAwaiter().GetResult();
        if (!_evidence.EnumerateFiles().Any(static file => file.Length > 0))
        {
            throw new InvalidOperationException("No evidence was written.");
        }

        _evidence.Delete(recursive: true);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Reads, Description = "volatile field and a branch")]
    [BenchmarkCategory(Read)]
    public int VolatileField()
    {
        var length = 0;
        for (var i = 0; i < Reads; i++)
        {
            length += (_field ?? throw new InvalidOperationException()).VersionId.Length;
        }

        return length;
    }

    [Benchmark(OperationsPerInvoke = Reads, Description = "provider.Current")]
    [BenchmarkCategory(Read)]
    public int Current()
    {
        var length = 0;
        for (var i = 0; i < Reads; i++)
        {
            length += _provider.Current.VersionId.Length;
        }

        return length;
    }

    [Benchmark(Baseline = true, Description = "IOptionsMonitor.CurrentValue")]
    [BenchmarkCategory(Use)]
    public string OptionsMonitor() => _options.CurrentValue.Key;

    [Benchmark(Description = "provider.Current.Reveal(), counted")]
    [BenchmarkCategory(Use)]
    public string Reveal() => _provider.Current.Reveal();

    [Benchmark(Description = "the same, evidence written to files")]
    [BenchmarkCategory(Use)]
    public string RevealWithEvidence() => _evidenced.Current.Reveal();

    [Benchmark(Description = "derived.Current, counted")]
    [BenchmarkCategory(Use)]
    public string Derived() => _header.Current;

    [Benchmark(Description = "IConfiguration[key]")]
    [BenchmarkCategory(Use)]
    public string? Configuration() => _configuration[Key];

    [Benchmark(Description = "MemoryCache.Get")]
    [BenchmarkCategory(Use)]
    public string? Memory() => _memoryCache.Get<string>(Key);

    [Benchmark(Description = "FusionCache.GetOrDefault")]
    [BenchmarkCategory(Use)]
    public string? Fusion() => _fusionCache.GetOrDefault<string>(Key);

    [Benchmark(Description = "HybridCache.GetOrCreateAsync")]
    [BenchmarkCategory(Use)]
    public ValueTask<string> Hybrid() => _hybridCache.GetOrCreateAsync(Key, static _ => ValueTask.FromResult(Keys.Current));

    [Benchmark(Description = "Counter.Add, 2 tags, OpenTelemetry")]
    [BenchmarkCategory(Use)]
    public void Counter() => _counter.Add(1, new("nhi.credential.name", OneCredential.Name), new("nhi.consumer", "app"));

    private sealed class StripeOptions
    {
        public string Key { get; set; } = string.Empty;
    }
}
