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
    public async Task What_is_accepted_while_the_store_names_another_one_as_current_stays_in_service()
    {
        var (engine, provider) = await StartAsync();
        await using var closing = engine;
        var presenter = Present(engine, provider);
        await FallBackAsync(engine, presenter);

        // The store goes back, and the other side over to what the store no longer shows.
        _store.IsComplete = false;
        _store.Remove("v1");
        _store.Put("v0", "v0", VersionLabel.Current, createdOn: engine.Time.GetUtcNow());
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        presenter.Accepted((await presenter.FindOtherAsync(presenter.Take(), ct: Ct))!.Value);

        Assert.Equal("v1", presenter.Take().Value);
        Assert.Equal(["v0", "v1"], provider.Credentials.Presentable.Select(static version => version.VersionId));
        Assert.Equal(CredentialStage.Previous, provider.Credentials.Presentable[1].Stage);
    }

    [Fact]
    public async Task What_is_accepted_while_what_the_store_names_is_paused_is_current_and_then_in_overlap()
    {
        var (engine, provider) = await StartAsync(isLabelled: true);
        await using var closing = engine;
        var presenter = Present(engine, provider);
        await FallBackAsync(engine, presenter);
        await StoreAsync(provider, "v2");
        await FallBackAsync(engine, presenter);
        Assert.Equal("v0", provider.Current.VersionId);

        var shown = presenter.Take();
        while (shown.Value != "v1")
        {
            shown = (await presenter.FindOtherAsync(shown, ct: Ct))!.Value;
        }

        presenter.Accepted(shown);
        Assert.Equal(("v1", "v1"), (provider.Current.VersionId, presenter.Take().Value));

        // Its pause over, the store's word counts again.
        await engine.AdvanceAsync(TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(1));
        Assert.Equal(["v2", "v1", "v0"], provider.Credentials.Presentable.Select(static version => version.VersionId));
    }

    [Fact]
    public async Task What_was_in_use_and_is_paused_is_replaced_as_any_other()
    {
        var (engine, provider) = await StartAsync(isLabelled: true);
        await using var closing = engine;
        await FallBackAsync(engine, Present(engine, provider));
        await StoreAsync(provider, "v2");

        await engine.AdvanceAsync(TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(1));

        Assert.Equal(["v2", "v1", "v0"], provider.Credentials.Presentable.Select(static version => version.VersionId));
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

    private async Task<(Engine Engine, IRotatingCredentialProvider Provider)> StartAsync(bool isLabelled = false)
    {
        var (engine, provider) = await Engine.StartAsync(_store);
        if (isLabelled)
        {
            await StoreAsync(provider, "v1");
        }
        else
        {
            _store.Put("v1", "v1");
            await provider.RefreshAsync(RefreshReason.Requested, Ct);
        }

        return (engine, provider);
    }

    // As a file: one version, which is the current one.
    private async Task StoreAsync(IRotatingCredentialProvider provider, string version)
    {
        _store.IsComplete = false;
        foreach (var other in (string[])["v0", "v1", "v2"])
        {
            _store.Remove(other);
        }

        _store.Put(version, version, VersionLabel.Current);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
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
