using Nhi.Rotation.Tests.Support;
using NSubstitute;

namespace Nhi.Rotation.Tests.Providers;

public sealed class ProbeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_version_that_its_probe_rejects_is_not_presented_and_is_tried_again()
    {
        var probe = new SwitchableProbe();
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, probe: probe);
        await using var _ = engine;
        probe.Verdicts["v2"] = ProbeVerdict.Rejected;
        backend.Put("v2", "two");

        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal("v1", provider.Current.VersionId);
        Assert.Equal("v2", Assert.Single(provider.Credentials.Pending).VersionId);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1));
        Assert.Equal("v1", provider.Current.VersionId);
        Assert.InRange(probe.Calls("v2"), 3, 5);
        probe.Verdicts["v2"] = ProbeVerdict.Accepted;
        await engine.AdvanceAsync(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1));

        Assert.Equal("v2", provider.Current.VersionId);
        Assert.Contains(engine.Log.Collector.GetSnapshot(), record => record.Id.Id == 108);
    }

    [Fact]
    public async Task At_start_a_rejected_newest_version_gives_way_to_the_one_before()
    {
        var probe = new SwitchableProbe { Verdicts = { ["v2"] = ProbeVerdict.Rejected } };

        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one").Put("v2", "two"), probe: probe);
        await using var _ = engine;

        Assert.Equal("v1", provider.Current.VersionId);
    }

    [Fact]
    public async Task At_start_an_inconclusive_probe_does_not_keep_the_app_waiting()
    {
        var probe = new SwitchableProbe { Verdicts = { ["v1"] = ProbeVerdict.Inconclusive } };

        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"), probe: probe);
        await using var _ = engine;

        Assert.Equal("v1", provider.Current.VersionId);
    }

    [Fact]
    public async Task A_probe_that_throws_is_inconclusive_and_its_message_is_withheld()
    {
        var probe = Substitute.For<ICredentialProbe>();
        probe.ProbeAsync(Arg.Any<Credential>(), Arg.Any<CancellationToken>()).Returns<ValueTask<ProbeResult>>(call => throw new HttpRequestException(call.Arg<Credential>().Reveal()));

        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "the-value-itself"), probe: probe);
        await using var _ = engine;

        Assert.Equal("v1", provider.Current.VersionId);
        var record = Assert.Single(engine.Log.Collector.GetSnapshot(), record => record.Id.Id == 109);
        Assert.Contains("HttpRequestException", record.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the-value-itself", record.Message, StringComparison.Ordinal);
        Assert.Equal(0, engine.Ledger.GetUses().Sum(use => use.Uses));
    }
}
