using System.Runtime.CompilerServices;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Evidence;

/// <summary>Uses that go on: what was opened with a version is a use of it until it is closed.</summary>
public sealed class HoldTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hold_counts_one_use_and_shows_as_held_until_it_is_disposed()
    {
        var (engine, provider, _) = await StartAsync();
        await using var e = engine;

        var hold = provider.Current.Hold();
        Assert.Equal((1, 1, 0L), (UseOf(engine, "v1").Uses, UseOf(engine, "v1").Held, UseOf(engine, "v1").ResidualInOverlap));

        hold.Dispose();
        hold.Dispose();
        Assert.Equal((1, 0), (UseOf(engine, "v1").Uses, UseOf(engine, "v1").Held));
    }

    [Fact]
    public async Task An_open_hold_is_residual_use_of_the_replaced_version_until_it_is_closed()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        var hold = provider.Current.Hold();
        await RotateAsync(engine, provider, backend);
        await engine.AdvanceAsync(Quiet * 3, TimeSpan.FromSeconds(20));

        var use = UseOf(engine, "v1");
        Assert.Equal((2L, 1L, 1, engine.Time.GetUtcNow()), (use.Uses, use.ResidualInOverlap, use.Held, use.LastUse));
        var verdict = VerdictOf(engine);
        Assert.Equal(VerdictKind.StillUsed, verdict.Kind);
        Assert.Equal("app", Assert.Single(verdict.Users).Consumer);
        Assert.Contains("still holds 1 connection or session", Assert.Single(verdict.Reasons), StringComparison.Ordinal);

        hold.Dispose();
        var closed = engine.Time.GetUtcNow();
        await engine.AdvanceAsync(Quiet - TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
        Assert.Equal(VerdictKind.StillUsed, VerdictOf(engine).Kind);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10));

        Assert.Equal(VerdictKind.SafeToRevoke, VerdictOf(engine).Kind);
        Assert.InRange(UseOf(engine, "v1").LastUse!.Value, closed, closed.AddSeconds(10));
    }

    [Fact]
    public async Task Without_a_quiet_period_an_open_hold_still_blocks()
    {
        var (engine, provider, backend) = await StartAsync(quiet: TimeSpan.Zero);
        await using var e = engine;
        var hold = provider.Current.Hold();
        await RotateAsync(engine, provider, backend);
        Assert.Equal(VerdictKind.StillUsed, VerdictOf(engine).Kind);

        hold.Dispose();

        Assert.Equal(VerdictKind.SafeToRevoke, VerdictOf(engine).Kind);
    }

    [Fact]
    public async Task A_hold_that_outlives_the_overlap_is_a_violation_that_stays()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        var hold = provider.Current.Hold();
        await RotateAsync(engine, provider, backend);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(61), TimeSpan.FromSeconds(30));

        Assert.Equal((CredentialStage.Retired, 1L, 1L), (UseOf(engine, "v1").Stage, UseOf(engine, "v1").ResidualInOverlap, UseOf(engine, "v1").ResidualRetired));
        Assert.Equal(VerdictKind.Violated, VerdictOf(engine).Kind);
        Assert.Single(engine.Log.Collector.GetSnapshot(), entry => entry.Id.Id == 115);

        hold.Dispose();
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10));
        Assert.Equal(VerdictKind.Violated, VerdictOf(engine).Kind);
        Assert.Single(engine.Log.Collector.GetSnapshot(), entry => entry.Id.Id == 115);
    }

    [Fact]
    public async Task At_a_revocation_only_staying_open_is_held_against_it()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        var hold = provider.Current.Hold();
        backend.Put("v2", "two");
        await provider.RevokeAsync("v1", "leaked", Ct);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        var open = VerdictOf(engine);
        Assert.Equal(VerdictKind.Violated, open.Kind);
        Assert.Equal("app", Assert.Single(open.Users).Consumer);
        Assert.Contains("still holds", Assert.Single(open.Reasons), StringComparison.Ordinal);

        hold.Dispose();
        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));

        Assert.Equal(0, UseOf(engine, "v1").ResidualRetired);
        Assert.Equal(VerdictKind.SafeToRevoke, VerdictOf(engine).Kind);
    }

    [Fact]
    public async Task A_hold_of_an_old_version_is_a_use_of_it()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        var captured = provider.Current;
        await RotateAsync(engine, provider, backend);

        using var hold = captured.Hold();

        Assert.Equal((1L, 1L, 1), (UseOf(engine, "v1").Uses, UseOf(engine, "v1").ResidualInOverlap, UseOf(engine, "v1").Held));
    }

    [Fact]
    public async Task A_hold_that_nobody_refers_to_is_lost_and_nothing_is_proven_any_more()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        Lose(provider);

        for (var i = 0; i < 50 && UseOf(engine, "v1").Held > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal((1L, 0, 1), (UseOf(engine, "v1").Uses, UseOf(engine, "v1").Held, UseOf(engine, "v1").LostHolds));
        await RotateAsync(engine, provider, backend);
        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));

        Assert.Equal((VerdictKind.InOverlap, "app lost 1 hold without closing it, so what was opened with it may still be open."), (VerdictOf(engine).Kind, Assert.Single(VerdictOf(engine).Reasons)));
        Assert.Single(engine.Log.Collector.GetSnapshot(), entry => entry.Id.Id == 135);
    }

    [Fact]
    public async Task A_hold_of_an_owner_ends_with_the_owner()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        var owner = new object();
        LoseOwned(provider, owner);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal((2L, 1), (UseOf(engine, "v1").Uses, UseOf(engine, "v1").Held));
        await RotateAsync(engine, provider, backend);
        Assert.Equal(VerdictKind.StillUsed, VerdictOf(engine).Kind);

        GC.KeepAlive(owner);
        owner = null;
        for (var i = 0; i < 50 && UseOf(engine, "v1").Held > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));
        Assert.Equal((0, 0, VerdictKind.SafeToRevoke), (UseOf(engine, "v1").Held, UseOf(engine, "v1").LostHolds, VerdictOf(engine).Kind));
    }

    [Fact]
    public void Without_a_tracker_a_hold_does_nothing()
    {
        var untracked = new Credential("stripe", "v1", SecretValue.FromText("one"));

        var hold = untracked.Hold();
        hold.Dispose();

        Assert.Equal("v1", untracked.VersionId);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Lose(IRotatingCredentialProvider provider) => _ = provider.Current.Hold();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoseOwned(IRotatingCredentialProvider provider, object owner)
    {
        using (provider.Current.Hold(new object()))
        {
            _ = provider.Current.Hold(owner, countsUse: false);
            provider.Current.Reveal();
        }
    }

    private static async Task<(Engine Engine, IRotatingCredentialProvider Provider, ScriptedBackend Backend)> StartAsync(TimeSpan? quiet = null)
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { Overlap = TimeSpan.FromHours(1), QuietPeriod = quiet ?? Quiet });
        return (engine, provider, backend);
    }

    // The new version is used and accepted, so that only what is held can stand against the old one.
    private static async Task RotateAsync(Engine engine, IRotatingCredentialProvider provider, ScriptedBackend backend)
    {
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
    }

    private static CredentialUse UseOf(Engine engine, string version) => Assert.Single(engine.Ledger.GetUses(), use => use.VersionId == version);

    private static RotationVerdict VerdictOf(Engine engine) => Assert.Single(engine.Ledger.GetRotations()).Verdict;
}
