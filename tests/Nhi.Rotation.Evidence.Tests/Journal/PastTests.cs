using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Journal;
using Nhi.Rotation.Evidence.Tests.Support;

namespace Nhi.Rotation.Evidence.Tests.Journal;

/// <summary>What a process that has just started knows of the runs before it.</summary>
public sealed class PastTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_used_the_old_version_before_a_restart_has_to_be_seen_on_the_new_one()
    {
        using var evidence = new EvidenceDirectory();
        var backend = new ScriptedBackend().Put("v1", "one", VersionLabel.Current);
        await using (var before = evidence.Engine(backend))
        {
            (await before["stripe"].GetCurrentAsync(Ct)).Reveal();
            await before.SettleAsync();
            before["stripe"].ForConsumer("nightly").Current.Reveal();
            await before.AdvanceAsync(TimeSpan.FromSeconds(2));
        }

        backend.Put("v1", "one", VersionLabel.Previous).Put("v2", "two", VersionLabel.Current);
        var past = new JournalPast(evidence.Path, new ChainIdentity("shop", "ffffffffffffffff", "0.1.0", TimeProvider.System.GetUtcNow()), TimeProvider.System);
        await past.Reading;
        await using var engine = new Engine(past, EngineCredential.Of(backend));
        var provider = engine["stripe"];
        (await provider.GetCurrentAsync(Ct)).Reveal();
        await engine.SettleAsync();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        await engine.AdvanceAsync(EngineCredential.Quiet * 2, TimeSpan.FromSeconds(20));

        var verdict = Assert.Single(engine.Ledger.GetRotations()).Verdict;
        Assert.Equal((VerdictKind.InOverlap, $"In run {Assert.Single(past.Take().Runs).Instance} of this app: nightly has not been seen on a newer version."), (verdict.Kind, Assert.Single(verdict.Reasons)));
        Assert.Equal("nightly", Assert.Single(verdict.Unproven).Consumer);

        provider.ForConsumer("nightly").Current.Reveal();
        Assert.Equal(VerdictKind.SafeToRevoke, Assert.Single(engine.Ledger.GetRotations()).Verdict.Kind);
    }

    [Theory]
    [InlineData("stuck", "has not been seen on a newer version")]
    [InlineData("late", "used it after it was replaced")]
    [InlineData("holding", "still holds 1 connection or session opened with it.")]
    [InlineData("killed", "without a closing line")]
    [InlineData("elsewhere", "used a version under an id that no other instance knows")]
    [InlineData("stale", "app used it after it was replaced")]
    [InlineData("loss", "Evidence of it was lost")]
    [InlineData("renamed", "say --renamed stripe-key=stripe")]
    [InlineData("hunted", "A hunt on db-1")]
    [InlineData("hunted in vain", null)]
    [InlineData("moved", null)]
    public async Task A_process_never_says_more_than_the_tool_says_of_its_app(string sibling, string? reason)
    {
        using var evidence = new EvidenceDirectory();
        var backend = new ScriptedBackend().Put("v1", "one", VersionLabel.Current);
        var identity = new ChainIdentity("shop", "ffffffffffffffff", "0.1.0", WrittenInstance.At(0));
        var runs = new FixedPast(identity);
        await using var engine = new Engine(runs, EngineCredential.Of(backend));
        var provider = engine["stripe"];
        (await provider.GetCurrentAsync(Ct)).Reveal();
        await engine.SettleAsync();
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1));
        backend.Put("v1", "one", VersionLabel.Previous).Put("v2", "two", VersionLabel.Current);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        await engine.AdvanceAsync(EngineCredential.Quiet * 3, TimeSpan.FromSeconds(20));
        Assert.Equal(VerdictKind.SafeToRevoke, Assert.Single(engine.Ledger.GetRotations()).Verdict.Kind);

        // Another run of the app, by the same clock. The consumer has the name that this process has seen on the new version.
        var minute = (engine.Time.GetUtcNow() - WrittenInstance.Start).TotalMinutes;
        Sibling(sibling, minute).Write(evidence.Path);
        runs.Runs = evidence.Read();

        var verdict = Assert.Single(engine.Ledger.GetRotations()).Verdict;
        Assert.Equal(reason is null ? VerdictKind.SafeToRevoke : VerdictKind.InOverlap, verdict.Kind);
        if (reason is not null)
        {
            Assert.Contains(verdict.Reasons, text => text.Contains(reason, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_cannot_be_read_or_has_gaps_is_not_known()
    {
        using var evidence = new EvidenceDirectory();
        await evidence.WriteRotationAsync();
        var identity = new ChainIdentity("shop", "ffffffffffffffff", "0.1.0", TimeProvider.System.GetUtcNow());
        var past = new JournalPast(evidence.Path, identity, TimeProvider.System);
        await past.Reading;
        Assert.Null(past.Take().Gap);
        Assert.Equal(["v1", "v2"], Assert.Single(past.Take().Runs).Credentials["stripe"].Uses.Select(use => use.VersionId).Order());

        var bytes = File.ReadAllBytes(evidence.File);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(evidence.File, bytes);
        var broken = new JournalPast(evidence.Path, identity, TimeProvider.System);
        await broken.Reading;
        Assert.Contains("gaps", broken.Take().Gap, StringComparison.Ordinal);

        var first = new JournalPast(System.IO.Path.Combine(evidence.Path, "none"), identity, TimeProvider.System);
        await first.Reading;
        Assert.Null(first.Take().Gap);
        Assert.Empty(first.Take().Runs);
    }

    [Fact]
    public async Task Hunts_are_read_beside_the_runs_of_the_app_and_other_apps_are_not()
    {
        using var evidence = new EvidenceDirectory();
        new WrittenInstance("aaaa").Promote("v1", 0).Stop(1).Write(evidence.Path);
        new WrittenInstance("bbbb", HuntEvidence.App).Hunt(2, "db-1", ["processes"]).Stop(3).Write(evidence.Path);
        new WrittenInstance("cccc", "other").Promote("v1", 0).Stop(1).Write(evidence.Path);

        var past = new JournalPast(evidence.Path, new ChainIdentity("shop", "ffffffffffffffff", "0.1.0", TimeProvider.System.GetUtcNow()), TimeProvider.System);
        await past.Reading;

        Assert.Equal(["aaaa", "bbbb"], past.Take().Runs.Select(run => run.Instance).Order());
    }

    [Fact]
    public async Task What_was_read_long_ago_is_read_again_before_it_counts()
    {
        using var evidence = new EvidenceDirectory();
        var time = new FakeTimeProvider();
        var past = new JournalPast(evidence.Path, new ChainIdentity("shop", "ffffffffffffffff", "0.1.0", time.GetUtcNow()), time);
        await past.Reading;
        Assert.Empty(past.Take().Runs);

        await evidence.WriteRotationAsync();
        time.Advance(TimeSpan.FromMinutes(3));

        // Until it has been read, it is not known.
        var known = past.Take();
        Assert.True(known.Gap is not null || known.Runs.Count == 1);
        await past.Reading;
        Assert.Single(past.Take().Runs);
    }

    private static WrittenInstance Sibling(string kind, double now)
    {
        var since = now - 14;
        var run = new WrittenInstance("aaaaaaaaaaaaaaaa");
        run.Add(new EvidenceEvent { Kind = EvidenceKind.Described, At = WrittenInstance.At(since - 60), CredentialName = kind == "renamed" ? "stripe-key" : "stripe", QuietPeriod = EngineCredential.Quiet });
        return kind switch
        {
            "stuck" => run.Promote("v1", since - 60).Use("v1", since - 50, "app").Alive(now),
            "late" => run.Promote("v1", since - 60).Use("v1", since - 50, "app").Rotate("v1", "v2", since).Use("v2", since, "app").Accept("v2", since).Use("v1", now - 1, "app", CredentialStage.Previous).Alive(now),
            "holding" => run.Promote("v1", since - 60).Use("v1", since - 50, "app", held: 1).Rotate("v1", "v2", since).Use("v2", since, "app").Accept("v2", since).Alive(now),
            "killed" => run.Promote("v1", since - 60).Use("v1", since - 50, "app").Rotate("v1", "v2", since).Use("v2", since, "app").Accept("v2", since).Alive(now - 6),
            "elsewhere" => run.Promote("fp-1", since - 60).Use("fp-1", since - 50, "nightly").Stop(since - 40),
            "stale" => new WrittenInstance("aaaaaaaaaaaaaaaa").Describe(since + 1).Promote("v1", since + 1).Use("v1", since + 2, "app").Stop(since + 3),
            "loss" => run.Promote("v1", since - 60).Add(new EvidenceEvent { Kind = EvidenceKind.Lost, At = WrittenInstance.At(since - 55), Missing = 3 }).Stop(since - 50),
            "renamed" => run.Promote("v1", since - 60, credential: "stripe-key").Use("v1", since - 50, "nightly", credential: "stripe-key").Stop(since - 40),
            "hunted" => new WrittenInstance("aaaaaaaaaaaaaaaa", HuntEvidence.App).Hunt(now - 1, "db-1", ["processes"], ("memory", 1)).Stop(now),
            "hunted in vain" => new WrittenInstance("aaaaaaaaaaaaaaaa", HuntEvidence.App).Hunt(now - 1, "db-1", ["processes"]).Stop(now),
            _ => run.Promote("v1", since - 60).Use("v1", since - 50, "app").Stop(since - 40),
        };
    }

    private sealed class FixedPast(ChainIdentity self) : IPast
    {
        public IReadOnlyList<Reading.InstanceEvidence> Runs { get; set; } = [];

        public ChainIdentity Self => self;

        public PastRuns Take() => new(Runs, Gap: null);
    }

    [Fact]
    public async Task Without_evidence_the_verdict_says_since_when_the_process_knows_anything()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var time = new FakeTimeProvider();
        await using var engine = new Engine(new UnknownPast(time), EngineCredential.Of(backend));
        var provider = engine["stripe"];
        (await provider.GetCurrentAsync(Ct)).Reveal();
        await engine.SettleAsync();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        await engine.AdvanceAsync(EngineCredential.Quiet * 2, TimeSpan.FromSeconds(20));
        time.Advance(TimeSpan.FromMinutes(3));

        var verdict = Assert.Single(engine.Ledger.GetRotations()).Verdict;
        Assert.Equal(VerdictKind.InOverlap, verdict.Kind);
        Assert.StartsWith("Nothing speaks against it since this process started, 3 min ago.", Assert.Single(verdict.Reasons), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, VerdictKind.InOverlap)]
    [InlineData(true, VerdictKind.SafeToRevoke)]
    public async Task An_app_says_that_it_is_the_only_process(bool isOnly, VerdictKind expected)
    {
        var backend = new ScriptedBackend().Put("v1", "one-of-some-length");
        var services = new ServiceCollection();
        services.AddRotatingCredentials().Configure(options => options.OnlyProcess = isOnly)
            .AddCredential("stripe", credential => credential.UseBackend("key", _ => backend).Configure(options => options.QuietPeriod = TimeSpan.Zero));
        await using var app = services.BuildServiceProvider();
        var provider = app.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        await provider.GetCurrentAsync(Ct);
        backend.Put("v2", "two-of-some-length");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        var ledger = app.GetRequiredService<IRotationLedger>();

        await Engine.EventuallyAsync(() => Assert.Single(ledger.GetRotations()).Verdict is var verdict && !verdict.Reasons[0].Contains("garbage", StringComparison.Ordinal));

        Assert.Equal(expected, Assert.Single(ledger.GetRotations()).Verdict.Kind);
    }
}
