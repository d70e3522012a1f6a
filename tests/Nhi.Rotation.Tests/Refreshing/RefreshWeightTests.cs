using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Backends.Files;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Tests.Backends.Files;
using Nhi.Rotation.Tests.Leaks;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Refreshing;

/// <summary>What a refresh takes from the heap: a process may hold a hundred thousand credentials, and files are polled twice a minute.</summary>
[Collection(LeakCollection.Name)]
public sealed class RefreshWeightTests : IDisposable
{
    private readonly FileFixture _files = new();

    [Fact]
    public async Task A_refresh_that_finds_nothing_new_takes_at_most_500_bytes()
    {
        var path = _files.Write("key", "the value, forty characters long........");
        using var backend = new FileCredentialBackend(new FileBackendOptions(), NullLogger.Instance, new LaterTime());
        await using var registry = Registry(path, backend);
        var provider = registry.Get("stripe");
        await provider.GetCurrentAsync(TestContext.Current.CancellationToken);

        var bytes = await MeasureAsync(provider);

        TestContext.Current.SendDiagnosticMessage($"{bytes} B a refresh");
        Assert.InRange(bytes, 1, Limit());
    }

    public void Dispose() => _files.Dispose();

    // Without optimisation every asynchronous method takes an object, whether it waits or not; elsewhere than on Linux the file is read.
    private static long Limit() =>
        !OperatingSystem.IsLinux() ? 6_000
        : typeof(CredentialRegistry).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true } ? 1_300
        : 500;

    private static CredentialRegistry Registry(string path, ICredentialBackend backend)
    {
        var options = new CredentialOptions { RefreshInterval = TimeSpan.FromHours(1) };
        var settings = CoreSettings.From("stripe", path, backend, probe: null, backendInterval: null, consumer: "app", options, new RotatingCredentialsOptions());
        var scheduling = SchedulerSettings.From(new RotatingCredentialsOptions { SweepInterval = TimeSpan.FromHours(1) });
        return new CredentialRegistry([settings], scheduling, TimeProvider.System, new CredentialMetrics(factory: null), new EngineLog(NullLogger.Instance));
    }

    // The least of several rounds: whatever else the process does can only add.
    private static async Task<long> MeasureAsync(IRotatingCredentialProvider provider)
    {
        const int Refreshes = 500;
        var least = long.MaxValue;
        for (var round = 0; round < 6; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Refreshes; i++)
            {
                await provider.RefreshAsync(RefreshReason.Requested);
            }

            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / Refreshes);
        }

        return least;
    }
}
