using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Evidence;

/// <summary>The ledger's evidence, through the real engine on fake time.</summary>
public sealed class RotationEvidenceTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rotation_that_went_well_ends_safe_to_revoke()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await StartAsync(backend);
        await using var _ = engine;
        provider.Current.Reveal();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Empty(engine.Ledger.GetRotations());

        var created = engine.Time.GetUtcNow();
        backend.Put("v2", "two", createdOn: created);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(3));
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        var rotated = engine.Time.GetUtcNow();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(VerdictKind.InOverlap, VerdictOf(engine, "v1").Kind);
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        var accepted = engine.Time.GetUtcNow();
        await engine.AdvanceAsync(Quiet, TimeSpan.FromSeconds(20));

        var evidence = Assert.Single(engine.Ledger.GetRotations("stripe"));
        Assert.Equal(("v1", "v2", CredentialStage.Previous), (evidence.From, evidence.To, evidence.Stage));
        Assert.Equal((created, rotated, rotated, rotated), (evidence.New?.CreatedOn, evidence.New?.SeenAt, evidence.New?.PromotedAt, evidence.Old.SupersededAt));
        Assert.Equal(accepted, evidence.New?.AcceptedAt);
        Assert.Equal(rotated + new CredentialOptions().Overlap, evidence.Old.OverlapEndsAt);
        var old = Assert.Single(engine.Ledger.GetInventory()).Versions[0];
        Assert.Equal(("v1", rotated, evidence.Old.OverlapEndsAt, null), (old.VersionId, old.Timeline.SupersededAt, old.Timeline.OverlapEndsAt, old.Timeline.RetiredAt));
        Assert.Equal((1, 0), (Assert.Single(evidence.Uses).Uses, evidence.Uses[0].ResidualInOverlap));
        Assert.True(evidence.OldLastUse < rotated && evidence.NewFirstUse >= rotated);
        Assert.Equal(VerdictKind.SafeToRevoke, evidence.Verdict.Kind);
    }

    [Fact]
    public async Task A_consumer_that_captured_the_key_is_named_still_using_and_then_violating()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await StartAsync(backend, overlap: TimeSpan.FromMinutes(10));
        await using var _ = engine;
        var captured = provider.ForConsumer("billing").Current;
        captured.Reveal();
        provider.Current.Reveal();
        await RotateAsync(engine, provider, backend, "v2");
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        captured.Reveal();

        var stuck = VerdictOf(engine, "v1");
        Assert.Equal(VerdictKind.StillUsed, stuck.Kind);
        Assert.Equal("billing", Assert.Single(stuck.Users).Consumer);

        await engine.AdvanceAsync(TimeSpan.FromMinutes(11), TimeSpan.FromSeconds(10));
        Assert.Equal(CredentialStage.Retired, captured.Stage);
        var silent = VerdictOf(engine, "v1");
        Assert.Equal(VerdictKind.InOverlap, silent.Kind);
        Assert.Equal("billing", Assert.Single(silent.Unproven).Consumer);

        captured.Reveal();
        var violated = VerdictOf(engine, "v1");
        Assert.Equal(VerdictKind.Violated, violated.Kind);
        Assert.Equal("billing", Assert.Single(violated.Users).Consumer);
    }

    [Fact]
    public async Task A_consumer_that_skipped_a_version_has_moved_from_both()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await StartAsync(backend);
        await using var _ = engine;
        provider.Current.Reveal();
        await RotateAsync(engine, provider, backend, "v2");
        await RotateAsync(engine, provider, backend, "v3");
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        await engine.AdvanceAsync(Quiet + TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));

        Assert.Equal(["v1", "v2"], engine.Ledger.GetRotations().Select(evidence => evidence.From));
        Assert.All(engine.Ledger.GetRotations(), evidence => Assert.Equal(VerdictKind.SafeToRevoke, evidence.Verdict.Kind));
        Assert.Equal(["v2", "v3"], engine.Ledger.GetRotations().Select(evidence => evidence.To!));
    }

    [Fact]
    public async Task A_version_that_is_current_again_is_not_an_old_one()
    {
        var backend = new ScriptedBackend().Put("v1", "one", VersionLabel.Current);
        var (engine, provider) = await StartAsync(backend);
        await using var _ = engine;
        provider.Current.Reveal();
        backend.Put("v1", "one", VersionLabel.Previous).Put("v2", "two", VersionLabel.Current);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        provider.Current.Reveal();
        Assert.Equal("v1", Assert.Single(engine.Ledger.GetRotations()).From);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));

        backend.Put("v1", "one", VersionLabel.Current).Put("v2", "two", VersionLabel.Previous);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        var evidence = Assert.Single(engine.Ledger.GetRotations());
        Assert.Equal(("v2", "v1"), (evidence.From, evidence.To));
        Assert.Equal(VerdictKind.InOverlap, evidence.Verdict.Kind);
    }

    [Fact]
    public async Task A_version_that_came_back_has_to_be_accepted_again()
    {
        var backend = new ScriptedBackend().Put("v1", "one", VersionLabel.Current);
        var (engine, provider) = await StartAsync(backend);
        await using var _ = engine;
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        backend.Put("v1", "one", VersionLabel.Previous).Put("v2", "two", VersionLabel.Current);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));

        backend.Put("v1", "one", VersionLabel.Current).Put("v2", "two", VersionLabel.Previous);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        provider.Current.Reveal();
        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(20));
        Assert.Equal(VerdictKind.InOverlap, VerdictOf(engine, "v2").Kind);

        provider.Report(provider.Current, CredentialOutcome.Accepted);
        Assert.Equal(VerdictKind.SafeToRevoke, VerdictOf(engine, "v2").Kind);
        Assert.Equal(engine.Time.GetUtcNow(), Assert.Single(engine.Ledger.GetRotations()).New?.AcceptedAt);
    }

    [Fact]
    public async Task Equal_version_ids_of_two_credentials_are_two_versions()
    {
        var (backend, other) = (new ScriptedBackend().Put("v1", "one"), new ScriptedBackend().Put("v1", "of another"));
        await using var engine = new Engine(Engine.Credential(backend, options: new() { QuietPeriod = Quiet }), Engine.Credential(other, "db", new() { QuietPeriod = Quiet }));
        var (stripe, db) = (engine["stripe"], engine["db"]);
        (await stripe.GetCurrentAsync(Ct)).Reveal();
        (await db.GetCurrentAsync(Ct)).Reveal();
        await RotateAsync(engine, stripe, backend, "v2");
        stripe.Current.Reveal();
        stripe.Report(stripe.Current, CredentialOutcome.Accepted);
        await engine.AdvanceAsync(Quiet + TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));
        db.Current.Reveal();

        Assert.Equal(VerdictKind.SafeToRevoke, Assert.Single(engine.Ledger.GetRotations()).Verdict.Kind);
        Assert.Empty(engine.Ledger.GetRotations("db"));
    }

    [Fact]
    public async Task A_rotation_in_the_quiet_period_of_another_has_a_quiet_period_of_its_own()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await StartAsync(backend);
        await using var _ = engine;
        provider.Current.Reveal();
        foreach (var version in new[] { "v2", "v3" })
        {
            await RotateAsync(engine, provider, backend, version);
            provider.Current.Reveal();
            provider.Report(provider.Current, CredentialOutcome.Accepted);
            await engine.AdvanceAsync((Quiet / 2) + TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
        }

        Assert.Equal((VerdictKind.SafeToRevoke, VerdictKind.InOverlap), (VerdictOf(engine, "v1").Kind, VerdictOf(engine, "v2").Kind));
        await engine.AdvanceAsync((Quiet / 2) + TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
        Assert.Equal(VerdictKind.SafeToRevoke, VerdictOf(engine, "v2").Kind);
    }

    [Fact]
    public async Task A_revocation_says_why_and_what_took_its_place()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await StartAsync(backend);
        await using var _ = engine;
        await RotateAsync(engine, provider, backend, "v2");
        await provider.RevokeAsync("v2", "leaked in a build log", Ct);

        var evidence = Assert.Single(engine.Ledger.GetRotations());
        Assert.Equal(("v2", "v1", CredentialStage.Revoked, "leaked in a build log"), (evidence.From, evidence.To, evidence.Stage, evidence.Old.RevokedBecause));
        Assert.Equal(engine.Time.GetUtcNow(), evidence.Old.RevokedAt);
    }

    [Fact]
    public async Task A_caller_who_still_presents_the_old_key_is_named()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await StartAsync(backend, overlap: TimeSpan.FromMinutes(1));
        await using var _ = engine;
        Assert.True(provider.Match("one"u8, "acme").IsAccepted);
        Assert.True(provider.Match("one"u8, "globex").IsAccepted);
        await RotateAsync(engine, provider, backend, "v2");
        Assert.True(provider.Match("two"u8, "acme").IsAccepted);
        Assert.True(provider.Match("one"u8, "globex").IsAccepted);
        var verdict = VerdictOf(engine, "v1");
        Assert.Equal((VerdictKind.StillUsed, "globex"), (verdict.Kind, Assert.Single(verdict.Users).Caller));

        await engine.AdvanceAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(10));
        Assert.False(provider.Match("one"u8, "globex").IsAccepted);
        verdict = VerdictOf(engine, "v1");
        Assert.Equal((VerdictKind.Violated, "globex"), (verdict.Kind, Assert.Single(verdict.Users).Caller));
    }

    [Fact]
    public async Task A_probe_that_accepts_the_new_version_stands_in_for_the_workload()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var engine = new Engine(Engine.Credential(backend, options: new() { QuietPeriod = Quiet }, probe: new Yes()));
        await using var _ = engine;
        var provider = engine["stripe"];
        (await provider.GetCurrentAsync(Ct)).Reveal();
        await RotateAsync(engine, provider, backend, "v2");
        provider.Current.Reveal();
        await engine.AdvanceAsync(Quiet + TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));

        var evidence = Assert.Single(engine.Ledger.GetRotations());
        Assert.Equal((nameof(Yes), ProbeVerdict.Accepted, "200"), (evidence.New?.Probe?.By, evidence.New?.Probe?.Verdict, evidence.New?.Probe?.Detail));
        Assert.Null(evidence.New?.AcceptedAt);
        Assert.Equal(VerdictKind.SafeToRevoke, evidence.Verdict.Kind);
    }

    [Fact]
    public async Task The_inventory_says_who_owns_what_and_who_is_on_which_version()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        await using var engine = new Engine(
            Engine.Credential(backend, "stripe") with { Owner = "payments", Purpose = "charges" },
            Engine.Credential(new OwnedBackend(), "orders-db") with { Purpose = "orders" });
        var stripe = engine["stripe"];
        (await stripe.GetCurrentAsync(Ct)).Reveal();
        await engine["orders-db"].GetCurrentAsync(Ct);
        await engine.SettleAsync();
        var captured = stripe.ForConsumer("billing").Current;
        await RotateAsync(engine, stripe, backend, "v2");
        captured.Reveal();
        stripe.ForConsumer("web").Current.Reveal();

        var inventory = engine.Ledger.GetInventory();
        Assert.Equal(["orders-db", "stripe"], inventory.Select(entry => entry.CredentialName));
        Assert.Equal(("platform", "orders"), (inventory[0].Owner, inventory[0].Purpose));
        Assert.Empty(inventory[0].Consumers);
        Assert.Equal(("payments", "charges"), (inventory[1].Owner, inventory[1].Purpose));
        Assert.Equal([("v1", CredentialStage.Previous), ("v2", CredentialStage.Current)], inventory[1].Versions.Select(version => (version.VersionId, version.Stage)));
        Assert.Equal([("app", "v1"), ("billing", "v1"), ("web", "v2")], inventory[1].Consumers.Select(user => (user.Consumer, user.VersionId)).Order());
    }

    [Fact]
    public async Task Acceptance_is_remembered_once_per_version_and_costs_nothing_afterwards()
    {
        var (engine, provider) = await StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var _ = engine;
        var credential = provider.Current;
        provider.Report(credential, CredentialOutcome.Accepted);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            provider.Report(credential, CredentialOutcome.Accepted);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static async Task<(Engine Engine, IRotatingCredentialProvider Provider)> StartAsync(ICredentialBackend backend, TimeSpan? overlap = null) =>
        await Engine.StartAsync(backend, new CredentialOptions { Overlap = overlap ?? TimeSpan.FromHours(24), QuietPeriod = Quiet });

    private static async Task RotateAsync(Engine engine, IRotatingCredentialProvider provider, ScriptedBackend backend, string version)
    {
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        backend.Put(version, version == "v2" ? "two" : "three");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await engine.SettleAsync();
    }

    private static RotationVerdict VerdictOf(Engine engine, string versionId) => engine.Ledger.GetRotations().Single(evidence => evidence.From == versionId).Verdict;

    private sealed class Yes : ICredentialProbe
    {
        public ValueTask<ProbeResult> ProbeAsync(Credential credential, CancellationToken ct) => ValueTask.FromResult(new ProbeResult(ProbeVerdict.Accepted, "200"));
    }

    private sealed class OwnedBackend : ICredentialBackend
    {
        public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct) =>
            ValueTask.FromResult(new BackendListing([new BackendVersion("v1", SecretValue.FromText("db"))]) { Owner = "platform", Purpose = "databases" });
    }
}
