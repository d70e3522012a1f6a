using System.Text;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Providers;

public sealed class RetirementProofTests
{
    private const int Proven = 120;
    private const int Violated = 121;
    private const int Inconclusive = 122;
    private const int GivenUp = 123;

    private static readonly CredentialOptions Options = new() { Overlap = TimeSpan.FromMinutes(10), ProveRetirement = true };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_retired_version_that_the_other_side_refuses_is_proven_once_and_never_asked_again()
    {
        var probe = new SwitchableProbe();
        var (engine, _) = await RotateAsync(probe);
        await using var owned = engine;
        probe.Verdicts["v1"] = ProbeVerdict.Rejected;

        await engine.AdvanceAsync(TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(1));
        Assert.Equal(1, probe.Calls("v1"));
        await engine.AdvanceAsync(TimeSpan.FromHours(3), TimeSpan.FromMinutes(1));

        Assert.Equal(2, probe.Calls("v1"));
        Assert.Equal(1, Count(engine, Proven));
        Assert.Equal(0, Count(engine, Violated) + Count(engine, Inconclusive) + Count(engine, GivenUp));
        Assert.Equal(0, engine.Ledger.GetUses().Sum(use => use.Uses));
    }

    [Fact]
    public async Task A_retired_version_that_the_other_side_accepts_is_an_error_and_asked_again_until_it_is_refused()
    {
        var probe = new SwitchableProbe();
        var (engine, _) = await RotateAsync(probe);
        await using var owned = engine;

        await engine.AdvanceAsync(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1));
        Assert.Equal(1, Count(engine, Violated));
        await engine.AdvanceAsync(TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(1));
        Assert.Equal(5, probe.Calls("v1"));
        probe.Verdicts["v1"] = ProbeVerdict.Rejected;
        await engine.AdvanceAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(1));

        Assert.Equal((4, 1, 0), (Count(engine, Violated), Count(engine, Proven), Count(engine, GivenUp)));
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Error, engine.Log.Collector.GetSnapshot().First(record => record.Id.Id == Violated).Level);
    }

    [Fact]
    public async Task What_cannot_be_found_out_is_given_up_after_the_last_attempt_and_said()
    {
        var probe = new SwitchableProbe { Verdicts = { ["v1"] = ProbeVerdict.Inconclusive } };
        var (engine, _) = await RotateAsync(probe, new CredentialOptions { Overlap = TimeSpan.FromMinutes(10), ProveRetirement = true, RetirementProbeAttempts = 5 });
        await using var owned = engine;

        await engine.AdvanceAsync(TimeSpan.FromHours(8), TimeSpan.FromMinutes(1));

        Assert.Equal((5, 1), (Count(engine, Inconclusive), Count(engine, GivenUp)));
        Assert.Equal(6, probe.Calls("v1"));
    }

    [Fact]
    public async Task A_revoked_version_is_asked_about_at_once_and_can_be_had_from_nowhere_else()
    {
        var probe = new SwitchableProbe();
        var (engine, provider) = await RotateAsync(probe);
        await using var owned = engine;

        // Accepted, so that the value is still held when we look.
        await provider.RevokeAsync("v1", "leaked", Ct);
        await engine.SettleAsync();

        Assert.Equal(2, probe.Calls("v1"));
        Assert.Equal("one", probe.Values[^1]);
        Assert.Equal(1, Count(engine, Violated));
        var set = provider.Credentials;
        Assert.Empty(set.Pending.Concat(set.Previous).Concat(set.Retired));
        var match = provider.Match(Encoding.UTF8.GetBytes("one"));
        Assert.Equal((CredentialStage.Revoked, false), (match.Stage, match.IsAccepted));
    }

    [Fact]
    public async Task A_version_that_left_the_backend_is_asked_about_with_the_value_it_had_and_can_be_had_from_nowhere_else()
    {
        var probe = new SwitchableProbe();
        var backend = new ScriptedBackend();
        var (engine, provider) = await RotateAsync(probe, backend: backend);
        await using var owned = engine;
        backend.Remove("v1");

        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await engine.SettleAsync();

        Assert.Equal("one", probe.Values[^1]);
        Assert.Equal(1, Count(engine, Violated));
        Assert.Empty(provider.Credentials.Retired);
    }

    [Fact]
    public async Task A_version_that_left_the_backend_and_came_back_has_its_value_again()
    {
        var backend = new ScriptedBackend();
        var (engine, provider) = await RotateAsync(new SwitchableProbe(), new CredentialOptions(), backend);
        await using var owned = engine;
        backend.Remove("v1");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        backend.Remove("v2");
        backend.Put("v1", "one");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("v1", provider.Current.VersionId);
        Assert.Equal("one", provider.Current.Reveal());
    }

    [Fact]
    public async Task Without_being_told_to_nobody_presents_an_old_version_again()
    {
        var probe = new SwitchableProbe();
        var (engine, provider) = await RotateAsync(probe, new CredentialOptions { Overlap = TimeSpan.FromMinutes(10) });
        await using var owned = engine;

        await engine.AdvanceAsync(TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));
        await provider.RevokeAsync("v1", "leaked", Ct);
        await engine.SettleAsync();

        Assert.Equal(1, probe.Calls("v1"));
    }

    [Fact]
    public async Task A_slow_answer_about_an_old_version_delays_no_new_one()
    {
        var probe = new SwitchableProbe();
        var backend = new ScriptedBackend();
        var (engine, provider) = await RotateAsync(probe, backend: backend);
        await using var owned = engine;
        var release = probe.BlockNext("v1");
        await provider.RevokeAsync("v1", "leaked", Ct);
        await Engine.EventuallyAsync(() => probe.Calls("v1") == 2);

        backend.Put("v3", "three");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v3", provider.Current.VersionId);
        Assert.Equal(0, Count(engine, Violated));
        release();
        await engine.SettleAsync();
        Assert.Equal(1, Count(engine, Violated));
    }

    [Fact]
    public async Task An_answer_from_before_the_retirement_proves_and_violates_nothing()
    {
        var probe = new SwitchableProbe();
        var backend = new ScriptedBackend();
        var (engine, provider) = await RotateAsync(probe, backend: backend);
        await using var owned = engine;
        var release = probe.BlockNext("v3");
        backend.Put("v3", "three");
        var refresh = provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask();
        await Engine.EventuallyAsync(() => probe.Calls("v3") == 1);
        probe.Verdicts["v3"] = ProbeVerdict.Rejected;
        var revoke = provider.RevokeAsync("v3", "leaked", Ct).AsTask();
        await Engine.EventuallyAsync(() => Count(engine, Proven) == 1);

        release();
        await refresh;
        await revoke;
        await engine.SettleAsync();

        Assert.Equal((1, 0), (Count(engine, Proven), Count(engine, Violated)));
        Assert.Equal("v2", provider.Current.VersionId);
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_the_other_side()
    {
        var probe = new SwitchableProbe();
        var (engine, provider) = await RotateAsync(probe);
        _ = probe.BlockNext("v1");
        await provider.RevokeAsync("v1", "leaked", Ct);
        await Engine.EventuallyAsync(() => probe.Calls("v1") == 2);

        await engine.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct);

        Assert.Equal(0, Count(engine, Violated) + Count(engine, Inconclusive));
    }

    private static async Task<(Engine Engine, IRotatingCredentialProvider Provider)> RotateAsync(SwitchableProbe probe, CredentialOptions? options = null, ScriptedBackend? backend = null)
    {
        backend ??= new ScriptedBackend();
        var (engine, provider) = await Engine.StartAsync(backend.Put("v1", "one"), options ?? Options, probe: probe);
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal("v2", provider.Current.VersionId);
        return (engine, provider);
    }

    private static int Count(Engine engine, int eventId) => engine.Log.Collector.GetSnapshot().Count(record => record.Id.Id == eventId);
}
