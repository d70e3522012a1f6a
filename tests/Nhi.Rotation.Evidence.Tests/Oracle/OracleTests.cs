using System.Text;

namespace Nhi.Rotation.Evidence.Tests.Oracle;

/// <summary>A second opinion: whoever says "safe to revoke" is asked of a world that knows the truth. It may be said late, never wrongly.</summary>
public sealed class OracleTests
{
    private const int Schedules = 10_000;
    private const int Steps = 12;

    [Fact]
    public void Nothing_breaks_when_a_version_is_revoked_that_was_said_to_be_safe()
    {
        var said = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        Parallel.For(0, Schedules, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            using var world = new World(seed);
            for (var step = 0; step < Steps; step++)
            {
                world.Step();
                foreach (var (by, version, breaks) in world.Safe(asksTool: step % 4 == 3))
                {
                    Assert.True(breaks is null, $"seed {seed}, step {step}: the {by} calls {version} safe, and {breaks}");
                    said.AddOrUpdate(by, 1, static (_, count) => count + 1);
                }
            }
        });

        // Who never says it is never wrong.
        Assert.True(said.GetValueOrDefault("process") > Schedules / 10 && said.GetValueOrDefault("tool") > Schedules / 10, string.Join(", ", said));
    }

    [Fact]
    public async Task Nothing_breaks_when_Prometheus_calls_a_version_safe()
    {
        const int Lives = 60;
        var file = new StringBuilder($"rule_files: [ {Repository.Rules} ]\nevaluation_interval: {Scraped.Minutes}m\ntests:\n");
        var asked = 0;
        for (var seed = 0; seed < Lives; seed++)
        {
            using var world = new World(seed, isScraped: true);
            for (var step = 0; step < Steps; step++)
            {
                world.Step();
                world.NoteTruth();
            }

            var test = world.ToPromtoolTest($"seed {seed}");
            asked += test.Split("exp_samples").Length - 1;
            file.Append(asked == 0 ? string.Empty : test);
        }

        Assert.True(asked > Lives, $"{asked} questions");
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, file.ToString(), TestContext.Current.CancellationToken);
            var (exit, output) = await Tool.RunAsync(Tool.Promtool, "test", "rules", path);
            Assert.True(exit == 0, output[..Math.Min(output.Length, 4_000)]);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
