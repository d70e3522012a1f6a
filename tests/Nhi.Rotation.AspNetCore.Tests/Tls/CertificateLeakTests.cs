using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.AspNetCore.Tests.Tls;

/// <summary>What certificates leave behind. Measured while no other test runs.</summary>
[CollectionDefinition(nameof(CertificateLeakTests), DisableParallelization = true)]
[Collection(nameof(CertificateLeakTests))]
public sealed class CertificateLeakTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_hundred_rotations_under_handshakes_leave_neither_objects_nor_handles_behind()
    {
        await using var app = await KestrelApp.StartAsync(drain: TimeSpan.Zero);
        using var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("peer");
        client.BaseAddress = app.Address;
        var contexts = new List<WeakReference>();
        app.Contexts = contexts.Add;
        await RotateAsync(20);
        await SettleAsync(app);
        var before = Handles();

        await RotateAsync(200);
        await SettleAsync(app);
        var after = Handles();

        // The latest, the one before it, and what stacks of the thread pool still refer to.
        Assert.True(contexts.Count >= 220, $"{contexts.Count} contexts were seen");
        var alive = contexts.Count(static context => context.IsAlive);
        Assert.True(alive <= 10, $"{alive} contexts are alive");
        Assert.True(after < before + 30, $"{before} handles became {after}");

        async Task RotateAsync(int times)
        {
            for (var rotation = 0; rotation < times; rotation++)
            {
                app.Backend.Remove("tls", app.Provider("tls").Current.VersionId);
                app.Backend.Remove("mtls", app.Provider("mtls").Current.VersionId);
                await Task.WhenAll(app.RotateAsync("tls"), app.RotateAsync("mtls", "client"), KestrelTests.HandshakeAsync(app.Address, "localhost"));
                Assert.Equal("HTTP/1.1", await client.GetStringAsync(new Uri("/", UriKind.Relative), Ct));
                await KestrelTests.HandshakeAsync(app.Address, "localhost");
            }
        }
    }

    private static async Task SettleAsync(KestrelApp app)
    {
        await Eventually.IsAsync(() => app.Ledger.GetUses().Where(use => use.Stage != CredentialStage.Current).Sum(use => use.Held) == 0, "old connections are closed");
        for (var round = 0; round < 3; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static int Handles() => Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : Process.GetCurrentProcess().HandleCount;
}
