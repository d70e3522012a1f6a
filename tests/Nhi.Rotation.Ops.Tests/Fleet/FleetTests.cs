using System.Text.Json.Nodes;
using Nhi.Rotation.Ops.Tests.Support;

namespace Nhi.Rotation.Ops.Tests.Fleet;

/// <summary>Three processes of the sample, one of them stuck on the old key: Prometheus and the tool say the same, from metrics and from files.</summary>
public sealed class FleetTests
{
    private const string Stuck = "nightly report";

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(6);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_instance_on_the_old_key_is_named_by_both_and_when_it_moved_both_say_safe()
    {
        var directory = Directory.CreateTempSubdirectory("fleet-").FullName;
        try
        {
            var secret = Path.Join(directory, "partner.versions.json");
            SecretFile.Write(secret, "k1");
            SampleInstance[] fleet = [.. Enumerable.Range(0, 3).Select(i => new SampleInstance(secret, Directory.CreateDirectory(Path.Join(directory, $"evidence{i}")).FullName))];
            await using var first = fleet[0];
            await using var second = fleet[1];
            await using var third = fleet[2];
            await using var prometheus = PrometheusServer.Start(directory, Quiet, fleet.Select(instance => instance.Target));
            first.Start(isStuck: false);
            second.Start(isStuck: false);
            third.Start(isStuck: true);
            await EventuallyAsync(
                async () => (await prometheus.QueryAsync($"nhi_credential_uses_total{{nhi_consumer=\"{Stuck}\"}} > 0", Ct)).Count == 3 ? null : "not all instances are scraped");

            SecretFile.Write(secret, "k1", "k2");
            await EventuallyAsync(async () =>
            {
                var (verdict, users) = await AskPrometheusAsync(prometheus);
                var (exit, report) = await AskToolAsync(directory);
                var rotation = report?["rotations"]!.AsArray().SingleOrDefault();
                var named = rotation?["instances"]!.AsArray().Where(instance => Text(instance, "verdict") == "StillUsed").ToList();
                return (verdict, exit) == (3, 1)
                    && users.SequenceEqual([$"{third.Target} {Stuck}"])
                    && Text(rotation, "oldVersion") == "k1"
                    && named is [var one] && third.Runs.SequenceEqual([Text(one, "instance")])
                    && one!["evidence"]!["verdict"]!["users"]!.AsArray().Select(user => Text(user, "consumer")).SequenceEqual([Stuck])
                    ? null
                    : $"verdict {verdict}, exit {exit}, users {string.Join(", ", users)}\n{string.Join<SampleInstance>('\n', fleet)}\n{report}";
            });

            // What is stuck is restarted, and captures the new key.
            await third.StopAsync(Ct);
            third.Start(isStuck: true);
            await EventuallyAsync(async () =>
            {
                var (verdict, users) = await AskPrometheusAsync(prometheus);
                var (exit, report) = await AskToolAsync(directory);
                return (verdict, exit, users.Count, third.Runs.Count) == (1, 0, 0, 2) ? null : $"verdict {verdict}, exit {exit}, users {string.Join(", ", users)}\n{string.Join<SampleInstance>('\n', fleet)}\n{report}";
            });
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<(double? Verdict, IReadOnlyList<string> Users)> AskPrometheusAsync(PrometheusServer prometheus)
    {
        var verdicts = await prometheus.QueryAsync("nhi:credential:verdict{nhi_credential_name=\"partner\", nhi_credential_version=\"k1\"}", Ct);
        var users = await prometheus.QueryAsync("nhi:credential:still_used or nhi:credential:violated or nhi:credential:unproven", Ct);
        return (verdicts.Count == 1 ? verdicts[0].Value : null, [.. users.Select(user => $"{Text(user.Labels, "instance")} {Text(user.Labels, "nhi_consumer")}").Distinct()]);
    }

    private static async Task<(int Exit, JsonNode? Report)> AskToolAsync(string directory)
    {
        var (exit, output) = await Tool.RunAsync(
            "dotnet", Path.Combine(AppContext.BaseDirectory, "Nhi.Rotation.Cli.dll"), "verify", directory, "--credential", "partner", "--old-version", "k1", "--quiet-period", $"{Quiet.TotalSeconds}s", "--format", "json");
        return (exit, exit == 64 ? null : JsonNode.Parse(output));
    }

    private static string Text(JsonNode? node, string name) => node?[name]?.GetValue<string>() ?? string.Empty;

    private static async Task EventuallyAsync(Func<Task<string?>> whatIsWrong)
    {
        // Longer than the minute within which a quiet instance says again that it is there.
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(100);
        while (await whatIsWrong() is { } wrong)
        {
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, wrong);
            await Task.Delay(1_000, Ct);
        }
    }
}
