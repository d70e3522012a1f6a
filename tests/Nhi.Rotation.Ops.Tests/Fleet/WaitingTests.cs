using Nhi.Rotation.Ops.Tests.Support;

namespace Nhi.Rotation.Ops.Tests.Fleet;

/// <summary>Two processes of the sample, one of them stuck on the old key: whoever waits by Debian's Prometheus and whoever waits by evidence both wait until it has moved, and end then.</summary>
public sealed class WaitingTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(6);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_ways_to_wait_end_when_the_last_instance_has_moved_and_never_before()
    {
        var directory = Directory.CreateTempSubdirectory("waiting-").FullName;
        try
        {
            var secret = Path.Join(directory, "partner.versions.json");
            SecretFile.Write(secret, "k1");
            SampleInstance[] fleet = [.. Enumerable.Range(0, 2).Select(i => new SampleInstance(secret, Directory.CreateDirectory(Path.Join(directory, $"evidence{i}")).FullName))];
            await using var good = fleet[0];
            await using var stuck = fleet[1];
            await using var prometheus = PrometheusServer.Start(directory, Quiet, fleet.Select(instance => instance.Target));
            good.Start(isStuck: false);
            stuck.Start(isStuck: true);
            await TestSupport.Eventually.TrueAsync(async () => (await prometheus.QueryAsync("nhi_credential_uses_total{nhi_consumer=\"nightly report\"} > 0", Ct)).Count == 2);
            var metrics = WaitAsync("--prometheus", prometheus.Address.AbsoluteUri);
            var evidence = WaitAsync(directory, "--quiet-period", $"{Quiet.TotalSeconds}s");
            SecretFile.Write(secret, "k1", "k2");

            // It is stuck for three quiet periods, and both know.
            await TestSupport.Eventually.TrueAsync(async () => (await prometheus.QueryAsync("nhi:credential:verdict{nhi_credential_version=\"k1\"} == 3", Ct)).Count == 1);
            await TestSupport.Eventually.TrueAsync(async () => (await prometheus.QueryAsync($"min_over_time(nhi:credential:verdict{{nhi_credential_version=\"k1\"}}[{2 * Quiet.TotalSeconds}s]) == 3 and nhi:credential:old offset {2 * Quiet.TotalSeconds}s", Ct)).Count == 1);
            Assert.False(metrics.IsCompleted || evidence.IsCompleted);

            await stuck.StopAsync(Ct);
            stuck.Start(isStuck: true);
            var (byMetrics, byEvidence) = (await metrics, await evidence);

            Assert.True(byMetrics.Exit == 0, byMetrics.Output);
            Assert.True(byEvidence.Exit == 0, byEvidence.Output);
            Assert.Matches("(?s)waiting: partner k1: StillUsed: nightly report at.*safe: partner k1: SafeToRevoke.*SAFE, as far as Prometheus has seen", byMetrics.Output);
            Assert.Matches("(?s)waiting: partner k1: StillUsed in .*safe: partner k1: SafeToRevoke.*SAFE ONLY AS GIVEN: every old version", byEvidence.Output);
            Assert.Equal(1, Assert.Single(await prometheus.QueryAsync("nhi:credential:verdict{nhi_credential_version=\"k1\"}", Ct)).Value);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Task<(int Exit, string Output)> WaitAsync(params string[] from) => Tool.RunAsync(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "Nhi.Rotation.Cli.dll"), "wait", .. from, "--credential", "partner", "--old-version", "k1", "--interval", "1s", "--timeout", "100s"]);
}
