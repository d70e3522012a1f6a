using System.Text;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Revocations;

/// <summary>What the store itself calls revoked: it lasts as long as the store says so, in every instance.</summary>
public sealed class RevokedByStoreTests
{
    private const int Revoked = 106;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(VersionLabel.None)]
    [InlineData(VersionLabel.Current)]
    public async Task A_process_that_starts_never_presents_it_though_it_is_the_newest(VersionLabel label)
    {
        var backend = new ScriptedBackend().Put("v1", "one").Put("v2", "two", label, revoked: "leaked in a log");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var owned = engine;

        Assert.Equal("v1", provider.Current.VersionId);
        Assert.True(provider.Match("two"u8) is { IsRecognized: true, IsAccepted: false, Stage: CredentialStage.Revoked });
        Assert.Contains("'v2' is revoked: leaked in a log", Assert.Single(Logged(engine)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_process_lets_go_of_it_with_the_next_listing_and_says_so_once()
    {
        var backend = new ScriptedBackend().Put("v1", "one").Put("v2", "two");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var owned = engine;
        Assert.Equal("v2", provider.Current.VersionId);

        backend.Put("v2", "two", revoked: "leaked");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v1", provider.Current.VersionId);
        Assert.Single(Logged(engine));
    }

    [Fact]
    public async Task Its_value_is_revoked_under_every_name_also_after_a_restart()
    {
        var backend = new ScriptedBackend().Put("v1", "one").Put("v2", "two", revoked: "leaked").Put("v3", "two");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var owned = engine;

        Assert.Equal("v1", provider.Current.VersionId);
        Assert.Contains(Logged(engine), text => text.Contains("'v3'", StringComparison.Ordinal) && text.Contains("holds the value of version 'v2', which is revoked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_store_takes_back_stays_revoked_in_a_process_that_knew()
    {
        var backend = new ScriptedBackend().Put("v1", "one").Put("v2", "two", revoked: "leaked");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var owned = engine;

        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v1", provider.Current.VersionId);
    }

    [Fact]
    public async Task Where_all_is_revoked_nothing_is_presented()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var owned = engine;

        backend.Put("v1", "one", revoked: "leaked");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Throws<CredentialUnavailableException>(() => provider.Current);
        Assert.False(provider.Match(Encoding.UTF8.GetBytes("one")).IsAccepted);
    }

    private static string[] Logged(Engine engine) => [.. engine.Log.Collector.GetSnapshot().Where(record => record.Id.Id == Revoked).Select(record => record.Message)];
}
