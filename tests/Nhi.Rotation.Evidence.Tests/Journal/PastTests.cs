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
        Assert.Equal((VerdictKind.InOverlap, "nightly used it in another run of this app, and has not been seen on a newer version."), (verdict.Kind, Assert.Single(verdict.Reasons)));
        Assert.Equal("nightly", Assert.Single(verdict.Unproven).Consumer);

        provider.ForConsumer("nightly").Current.Reveal();
        Assert.Equal(VerdictKind.SafeToRevoke, Assert.Single(engine.Ledger.GetRotations()).Verdict.Kind);
    }

    [Fact]
    public async Task What_cannot_be_read_or_has_gaps_is_not_known()
    {
        using var evidence = new EvidenceDirectory();
        await evidence.WriteRotationAsync();
        var identity = new ChainIdentity("shop", "ffffffffffffffff", "0.1.0", TimeProvider.System.GetUtcNow());
        var past = new JournalPast(evidence.Path, identity, TimeProvider.System);
        await past.Reading;
        Assert.Null(past.Gap);
        Assert.Equal(["v1", "v2"], past.UsesOf("stripe").Select(use => use.VersionId).Order());
        Assert.Empty(past.UsesOf("other"));

        var bytes = File.ReadAllBytes(evidence.File);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(evidence.File, bytes);
        var broken = new JournalPast(evidence.Path, identity, TimeProvider.System);
        await broken.Reading;
        Assert.Contains("gaps", broken.Gap, StringComparison.Ordinal);

        var first = new JournalPast(System.IO.Path.Combine(evidence.Path, "none"), identity, TimeProvider.System);
        await first.Reading;
        Assert.Null(first.Gap);
        Assert.Empty(first.UsesOf("stripe"));
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
