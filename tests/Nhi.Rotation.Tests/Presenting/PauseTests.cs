using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Presenting;

/// <summary>What the engine and a presenter make of it together when the other side changes its mind.</summary>
public sealed class PauseTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly ScriptedBackend _store = new ScriptedBackend().Put("v0", "v0");

    [Fact]
    public async Task A_pause_lasts_only_as_long_as_what_is_presented_works()
    {
        var (engine, provider) = await StartAsync();
        await using var closing = engine;
        var presenter = Present(engine, provider);
        await FallBackAsync(engine, presenter);
        Assert.Equal("v0", provider.Current.VersionId);

        var other = await presenter.FindOtherAsync(presenter.Take(), ct: Ct);
        Assert.Equal("v1", other!.Value.Value);
        presenter.Accepted(other.Value);

        Assert.Equal("v1", provider.Current.VersionId);
        Assert.Equal("v1", presenter.Take().Value);
    }

    [Fact]
    public async Task A_pause_ends_for_all_where_one_target_accepts_the_version()
    {
        var (engine, provider) = await StartAsync();
        await using var closing = engine;
        var here = Present(engine, provider);
        var there = here.ForTarget();
        await FallBackAsync(engine, here);

        there.Accepted((await there.FindOtherAsync(there.Take(), ct: Ct))!.Value);

        Assert.Equal("v1", provider.Current.VersionId);

        // The one that lags goes on with what it accepts.
        Assert.Equal("v0", here.Take().Value);
    }

    [Fact]
    public async Task What_may_be_presented_includes_what_is_paused_and_nothing_that_has_not_come()
    {
        var (engine, provider) = await StartAsync();
        await using var closing = engine;
        await FallBackAsync(engine, Present(engine, provider));
        _store.Put("v2", "v2", notBefore: engine.Time.GetUtcNow() + TimeSpan.FromDays(1));
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal(["v0", "v1"], provider.Credentials.Presentable.Select(static version => version.VersionId));
        Assert.Equal(["v2", "v1"], provider.Credentials.Pending.Select(static version => version.VersionId));
    }

    [Fact]
    public async Task What_is_paused_and_then_replaced_stays_in_overlap()
    {
        var (engine, provider) = await StartAsync();
        await using var closing = engine;
        await FallBackAsync(engine, Present(engine, provider));
        _store.Put("v2", "v2");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(1));

        Assert.Equal(["v2", "v1", "v0"], provider.Credentials.Presentable.Select(static version => version.VersionId));
        Assert.Equal(CredentialStage.Previous, provider.Credentials.Presentable[1].Stage);
    }

    [Fact]
    public async Task A_fallback_passes_over_what_is_newer_than_the_version_that_works()
    {
        var (engine, provider) = await StartAsync();
        await using var closing = engine;
        _store.Put("v2", "v2");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        await FallBackAsync(engine, Present(engine, provider));

        Assert.Equal("v0", provider.Current.VersionId);
        Assert.Equal(["v0", "v2", "v1"], provider.Credentials.Presentable.Select(static version => version.VersionId));
    }

    [Fact]
    public async Task A_rejection_names_the_consumer()
    {
        var (engine, provider) = await StartAsync();
        await using var closing = engine;
        using var rejections = new MetricCollector<long>(engine.Meter, "nhi.credential.rejections");
        var presenter = Present(engine, provider.ForConsumer("charges"));

        presenter.Refused(presenter.Take());

        Assert.Equal("charges", Assert.Single(rejections.GetMeasurementSnapshot()).Tags["nhi.consumer"]);
    }

    private static Presenter<string> Present(Engine engine, IRotatingCredentialProvider provider) =>
        new(provider, static version => version.Reveal(), new PresenterOptions { Time = engine.Time });

    private async Task<(Engine Engine, IRotatingCredentialProvider Provider)> StartAsync()
    {
        var (engine, provider) = await Engine.StartAsync(_store);
        _store.Put("v1", "v1");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        return (engine, provider);
    }

    // The other side takes the oldest version only.
    private static async Task FallBackAsync(Engine engine, Presenter<string> presenter)
    {
        for (var rejection = 0; rejection < 3; rejection++)
        {
            var shown = presenter.Take();
            while (shown.Value != "v0")
            {
                shown = (await presenter.FindOtherAsync(shown, ct: Ct))!.Value;
            }

            presenter.Accepted(shown);
            await engine.AdvanceAsync(TimeSpan.FromSeconds(rejection < 2 ? 10 : 0), TimeSpan.FromSeconds(10));
        }
    }
}
