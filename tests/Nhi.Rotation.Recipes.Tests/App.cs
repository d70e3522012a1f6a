using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nhi.Rotation.Testing;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Recipes.Tests;

/// <summary>An app with one credential, whose store the test is, and users of its own on the server.</summary>
internal sealed class App : IAsyncDisposable
{
    private const string Name = "orders";
    private static int _count;

    private readonly IHost _host;
    private readonly MeterListener _meters = new();
    private readonly ConcurrentQueue<string?> _rejections = new();

    public App()
    {
        var prefix = $"app{Interlocked.Increment(ref _count)}";
        (UserA, UserB) = ($"{prefix}_a", $"{prefix}_b");
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddRotatingCredentials().Configure(static options => options.OnlyProcess = true).AddCredential(Name, credential => credential
            .UseBackend(Name, _ => Backend)
            .Configure(static options =>
            {
                // A test waits neither for an hour of quiet nor for ten seconds between two refusals.
                options.QuietPeriod = TimeSpan.Zero;
                options.RejectionRefreshInterval = TimeSpan.FromMilliseconds(1);
            }));
        _host = builder.Build();
        var meters = _host.Services.GetRequiredService<IMeterFactory>();
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

    /// <summary>The longest that anything may take here.</summary>
    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(30);

    public FakeCredentialBackend Backend { get; } = new(TimeProvider.System);

    public string UserA { get; }

    public string UserB { get; }

    public IRotatingCredentialProvider Credential => _host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>(Name);

    public IRotationLedger Ledger => _host.Services.GetRequiredService<IRotationLedger>();

    public Task StartAsync() => _host.StartAsync();

    /// <summary>Stores a version; the app learns of it when it asks.</summary>
    public string Publish(string user, string password) => PublishText($$"""{"username":"{{user}}","password":"{{password}}"}""");

    public string PublishText(string value) => Backend.Add(Name, value);

    public Task RefreshAsync() => Credential.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken).AsTask();

    /// <summary>Who reported refusals, as the metric says.</summary>
    public IEnumerable<string?> RejectedBy => _rejections.Distinct();

    public RotationVerdict VerdictOf(string version) => Ledger.GetRotations(Name).Single(rotation => rotation.From == version).Verdict;

    public long HeldBy(string version) => Ledger.GetUses(Name).Where(use => use.VersionId == version).Sum(static use => use.Held);

    public long UsesOf(string version) => Ledger.GetUses(Name).Where(use => use.VersionId == version).Sum(static use => use.Uses);

    public Task UntilSafeAsync(string version) =>
        Eventually.TrueAsync(() => VerdictOf(version).Kind == VerdictKind.SafeToRevoke, () => $"{version}: {VerdictOf(version).Kind}, {string.Join(' ', VerdictOf(version).Reasons)}");

    public async ValueTask DisposeAsync()
    {
        // Whatever recipe it is, who was refused has a name.
        Assert.DoesNotContain(RejectedBy, string.IsNullOrEmpty);
        _meters.Dispose();
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
