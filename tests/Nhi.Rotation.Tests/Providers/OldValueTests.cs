using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Providers;

/// <summary><see cref="CredentialOptions.RefuseOldValues"/>: a value that is out of service does not come back.</summary>
public sealed class OldValueTests
{
    private const int ReturnRefused = 128;

    private static readonly CredentialOptions Refusing = new() { Overlap = TimeSpan.FromHours(1), RefuseOldValues = true };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_value_that_was_replaced_is_refused_under_a_new_name_and_what_is_in_use_stays()
    {
        var (engine, backend, provider) = await RotatedAsync();
        await using var owned = engine;
        await engine.AdvanceAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(10));

        backend.Put("v3", "one");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v2", provider.Current.VersionId);
        Assert.True(provider.Match("one"u8) is { IsRecognized: true, IsAccepted: false });
        Assert.Contains("version 'v3' is refused: its value was out of service already (version 'v1')", Assert.Single(Logged(engine)), StringComparison.Ordinal);
        Assert.Equal(["v3"], engine.Status("stripe").Returned);
    }

    [Fact]
    public async Task While_it_is_in_overlap_it_may_come_back()
    {
        var (engine, backend, provider) = await RotatedAsync();
        await using var owned = engine;

        backend.Put("v3", "one");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v3", provider.Current.VersionId);
    }

    [Fact]
    public async Task So_is_the_old_version_itself_when_the_store_calls_it_current_again()
    {
        var backend = new ScriptedBackend().Put("v1", "one", VersionLabel.Current);
        var (engine, provider) = await Engine.StartAsync(backend, Refusing);
        await using var owned = engine;
        backend.Put("v1", "one", VersionLabel.Previous).Put("v2", "two", VersionLabel.Current);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await engine.AdvanceAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(10));

        backend.Put("v1", "one", VersionLabel.Current).Put("v2", "two", VersionLabel.Previous);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v2", provider.Current.VersionId);
        Assert.Single(Logged(engine));
        Assert.Equal(["v1"], engine.Status("stripe").Returned);
    }

    [Fact]
    public async Task A_process_that_starts_knows_it_by_the_dates_of_what_the_store_lists()
    {
        var now = new TwoClocks().GetUtcNow();
        var backend = new ScriptedBackend()
            .Put("v1", "one", createdOn: now.AddDays(-3)).Put("v2", "two", createdOn: now.AddDays(-2)).Put("v3", "one", createdOn: now.AddHours(-1));

        var (engine, provider) = await Engine.StartAsync(backend, Refusing);
        await using var owned = engine;

        Assert.Equal("v2", provider.Current.VersionId);
    }

    private static async Task<(Engine Engine, ScriptedBackend Backend, IRotatingCredentialProvider Provider)> RotatedAsync()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, Refusing);
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        return (engine, backend, provider);
    }

    private static string[] Logged(Engine engine) => [.. engine.Log.Collector.GetSnapshot().Where(record => record.Id.Id == ReturnRefused).Select(record => record.Message)];
}
