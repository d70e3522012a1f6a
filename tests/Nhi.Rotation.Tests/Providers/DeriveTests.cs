using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Providers;

public sealed class DeriveTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_built_once_per_version_and_each_read_counts_one_use()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        var builds = 0;
        var header = provider.ForConsumer("http").Derive(credential =>
        {
            builds++;
            return $"Bearer {credential.Reveal()}";
        });

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("Bearer one", header.Current);
        }

        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal(2, builds);
        Assert.Equal("Bearer two", header.Current);
        Assert.Equal("v2", header.Source.VersionId);

        Assert.Equal(2, builds);
        var uses = engine.Ledger.GetUses().Where(use => use.Consumer == "http").ToDictionary(use => use.VersionId, use => use.Uses);
        Assert.Equal((5, 1), (uses["v1"], uses["v2"]));
    }

    [Fact]
    public async Task A_version_that_cannot_be_built_leaves_the_last_good_one_and_counts_as_its_use()
    {
        var backend = new ScriptedBackend().Put("v1", "41");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        var number = provider.Derive(credential => int.Parse(credential.Reveal()));
        backend.Put("v2", "not-a-number-and-secret");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal(41, number.Current);
        Assert.Equal("v1", number.Source.VersionId);
        Assert.Equal(1, engine.Ledger.GetUses().Single(use => use.VersionId == "v1").ResidualInOverlap);
        var record = Assert.Single(engine.Log.Collector.GetSnapshot(), record => record.Id.Id == 116);
        Assert.Contains("FormatException", record.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-a-number-and-secret", record.Message + record.Exception, StringComparison.Ordinal);

        backend.Put("v3", "43");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal(43, number.Current);
    }

    [Fact]
    public async Task The_last_good_one_does_not_outlive_its_revocation()
    {
        var backend = new ScriptedBackend().Put("v1", "41");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        var number = provider.Derive(credential => int.Parse(credential.Reveal()));
        backend.Put("v2", "bad");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal(41, number.Current);

        await provider.RevokeAsync("v1", "leaked", Ct);
        Assert.Throws<CredentialUnavailableException>(() => number.Current);
        backend.Put("v3", "bad too");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Throws<CredentialUnavailableException>(() => number.Current);
    }

    [Fact]
    public async Task It_can_be_made_before_the_first_load()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        await using var engine = new Engine(Engine.Credential(backend));
        var length = engine["stripe"].Derive(credential => credential.Reveal().Length);

        Assert.Throws<CredentialUnavailableException>(() => length.Current);
        await engine["stripe"].GetCurrentAsync(Ct);

        Assert.Equal(3, length.Current);
    }

    [Fact]
    public async Task One_that_nobody_holds_is_collected()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;

        var weak = MakeAndDrop(provider);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(weak.IsAlive);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference MakeAndDrop(IRotatingCredentialProvider provider) => new(provider.Derive(credential => credential.VersionId));
}
