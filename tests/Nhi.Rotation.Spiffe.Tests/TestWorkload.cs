using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>An app whose credential "svid" is from an agent. Nothing is polled in the time of a test, so whatever it hears it was told.</summary>
internal sealed class TestWorkload : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public TestWorkload(TestAgent agent, string? hint = null, Action<SpiffeOptions>? configure = null, TimeProvider? time = null, Action<RotatingCredentialsBuilder>? more = null, SpiffeMatch? server = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.ClearProviders().AddProvider(Log).SetMinimumLevel(LogLevel.Trace));
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddSpiffe(options =>
        {
            options.EndpointSocket = agent.Endpoint;
            options.MinBackoff = TimeSpan.FromMilliseconds(20);
            options.MaxBackoff = TimeSpan.FromMilliseconds(100);
            configure?.Invoke(options);
        });
        var credentials = services.AddRotatingCredentials().AddCredential("svid", c => c.FromSpiffe(hint).Configure(static options =>
        {
            options.RefreshInterval = TimeSpan.FromHours(1);
            options.RefreshAtLifeFraction = 1;
            options.MinBackoff = options.MaxBackoff = TimeSpan.FromHours(1);
        }));
        more?.Invoke(credentials);
        if (server is not null)
        {
            services.AddHttpClient("peer").AddSpiffeIdentity("svid", server);
        }

        services.AddHealthChecks().AddRotatingCredentials(static health => health.DegradedAfterFailures = 1);
        _services = services.BuildServiceProvider();
    }

    public LogLines Log { get; } = new();

    public IServiceProvider Services => _services;

    public IRotatingCredentialProvider Svid => _services.GetRequiredKeyedService<IRotatingCredentialProvider>("svid");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The serial number of what is presented.</summary>
    public string? Serial => Svid.Credentials.Current is { } current ? TlsCertificate.Parse(current).Leaf.SerialNumber : null;

    public SpiffeId? Id => Svid.Credentials.Current is { } current ? SpiffeId.Of(TlsCertificate.Parse(current).Leaf) : null;

    public async Task<TestWorkload> LoadAsync()
    {
        await Svid.GetCurrentAsync(Ct);
        return this;
    }

    /// <summary>Waits until the stream is open, so that what is pushed from now on arrives.</summary>
    public Task ListenAsync() => Eventually.TrueAsync(() => Log.Count(560) > 0);

    public async Task<BackendException> RefuseAsync() =>
        await Assert.ThrowsAsync<BackendException>(async () => await Svid.RefreshAsync(RefreshReason.Requested, Ct));

    public async Task<HealthStatus> HealthAsync() => (await _services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Ct)).Status;

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
