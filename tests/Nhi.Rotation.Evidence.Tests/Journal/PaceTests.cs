using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Tests.Support;

namespace Nhi.Rotation.Evidence.Tests.Journal;

/// <summary>A consumer that goes on with the current version is written down once a minute; nothing that a verdict hangs on is written later for it.</summary>
public sealed class PaceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_consumer_that_is_never_idle_writes_a_line_a_minute_and_its_last_uses_at_the_end()
    {
        using var evidence = new EvidenceDirectory();
        var lines = 0;
        await using (var engine = evidence.Engine(new ScriptedBackend().Put("v1", "one")))
        {
            await engine["stripe"].GetCurrentAsync(Ct);
            await BeBusyAsync(engine, TimeSpan.FromMinutes(3));
            lines = Lines(evidence);
            await BeBusyAsync(engine, TimeSpan.FromMinutes(20));

            // It was 1,200; one of ten would be 120.
            Assert.InRange(Lines(evidence), lines + 20, lines + 22);
        }

        Assert.Equal(23 * 60, evidence.Events().Last(item => item.Use is not null).Use!.Uses);
    }

    [Fact]
    public async Task A_killed_process_loses_no_more_than_a_minute_of_the_current_version_and_a_sweep_of_an_old_one()
    {
        using var evidence = new EvidenceDirectory();
        var backend = new ScriptedBackend().Put("v1", "one");
        await using var engine = evidence.Engine(backend);
        var old = await engine["stripe"].GetCurrentAsync(Ct);
        await BeBusyAsync(engine, TimeSpan.FromMinutes(4));
        Assert.InRange(evidence.Events().Last(item => item.Use is not null).Use!.Uses, (4 * 60) - 60, 4 * 60);

        backend.Put("v2", "two");
        await engine["stripe"].RefreshAsync(RefreshReason.Requested, Ct);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(4 * 60, evidence.Events().Last(item => item.Use?.VersionId == "v1").Use!.Uses);
        await BeBusyAsync(engine, TimeSpan.FromMinutes(10));
        for (var i = 0; i < 5; i++)
        {
            old.Reveal();
            await engine.AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.Equal((4 * 60) + i + 1, evidence.Events().Last(item => item.Use?.VersionId == "v1").Use!.Uses);
        }
    }

    // Two consumers that use what they have at random, some of it captured, through two rotations: what the files say is what the process itself says, at every second.
    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 5)]
    public async Task No_verdict_from_files_comes_later_than_the_one_of_the_process_itself(int seed, int quietSeconds)
    {
        using var evidence = new EvidenceDirectory();
        var backend = new ScriptedBackend().Put("v1", "one");
        var random = new Random(seed);
        await using var engine = new Engine(
            new EvidenceFileOptions { Directory = evidence.Path },
            Engine.Credential(backend, options: new CredentialOptions { QuietPeriod = TimeSpan.FromSeconds(quietSeconds), Overlap = TimeSpan.FromMinutes(10) }));
        IRotatingCredentialProvider[] consumers = [engine["stripe"].ForConsumer("a"), engine["stripe"].ForConsumer("b")];
        await engine["stripe"].GetCurrentAsync(Ct);
        var compared = 0;
        Dictionary<string, int> safe = [];
        for (var second = 0; second < 1_500; second++)
        {
            if (second is 200 or 700)
            {
                backend.Put($"v{second}", $"value-{second}");
                await engine["stripe"].RefreshAsync(RefreshReason.Requested, Ct);
            }

            // Busy most of the time, with a use of an old version now and then.
            foreach (var consumer in consumers.Where(_ => random.Next(10) < 8))
            {
                var set = consumer.Credentials;
                var credential = second % 500 is > 250 and < 330 && random.Next(30) == 0 && set.Previous.Count > 0 ? set.Previous[0] : set.Current;
                credential!.Reveal();
                consumer.Report(credential, CredentialOutcome.Accepted);
            }

            engine.Heap.Complete();
            await engine.AdvanceAsync(TimeSpan.FromSeconds(1));
            compared += Compare(evidence, engine, second, safe);
        }

        Assert.InRange(compared, 500, int.MaxValue);
    }

    private static int Compare(EvidenceDirectory evidence, Engine engine, int second, Dictionary<string, int> safe)
    {
        var live = engine.Ledger.GetRotations("stripe");
        foreach (var rotation in live)
        {
            safe[rotation.From] = Known(rotation.Verdict.Kind) ? safe.GetValueOrDefault(rotation.From) + 1 : 0;
        }

        if (live.Count == 0 || (second % 5 != 0 && second % 500 is < 180 or > 480))
        {
            return 0;
        }

        var files = FleetReport.Of(evidence.Read(), new FleetQuestion { Now = engine.Time.GetUtcNow() }).Rotations;
        Assert.All(live, rotation =>
        {
            // Never earlier, and no more than a sweep later.
            var isSafe = Known(files.Single(found => found.From == rotation.From).Kind);
            Assert.True(isSafe ? safe[rotation.From] > 0 : safe[rotation.From] <= 2, $"{second}: {rotation.From} is {(isSafe ? "safe" : "not safe")} by files, and has been safe for {safe[rotation.From]} s");
        });
        return 1;
    }

    // Other processes are not known to the process, and are none here.
    private static bool Known(VerdictKind kind) => kind is VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked;

    private static int Lines(EvidenceDirectory evidence) => evidence.Files.Sum(static file => File.ReadAllLines(file).Length);

    private static async Task BeBusyAsync(Engine engine, TimeSpan time)
    {
        for (var second = 0; second < time.TotalSeconds; second++)
        {
            engine["stripe"].Current.Reveal();
            await engine.AdvanceAsync(TimeSpan.FromSeconds(1));
        }
    }
}
