using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Evidence;

public sealed class UseCountingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reading_counts_nothing_and_every_reveal_counts_one()
    {
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var _ = engine;

        var credential = provider.Current;
        Assert.Equal("stripe v1 (Current)", credential.ToString());
        Assert.Equal(0, Assert.Single(engine.Ledger.GetUses("stripe")).Uses);
        credential.Reveal();
        credential.Reveal();
        credential.RevealBytes();

        Assert.Equal(3, Assert.Single(engine.Ledger.GetUses("stripe")).Uses);
    }

    [Fact]
    public async Task A_captured_credential_shows_up_as_residual_use_by_its_consumer()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { Overlap = TimeSpan.FromMinutes(10) });
        await using var _ = engine;
        var captured = provider.ForConsumer("billing").Current;
        captured.Reveal();
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        captured.Reveal();
        captured.Reveal();
        await engine.AdvanceAsync(TimeSpan.FromMinutes(11), TimeSpan.FromSeconds(10));
        captured.Reveal();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(1));

        var use = Assert.Single(engine.Ledger.GetUses("stripe"), use => use is { VersionId: "v1", Consumer: "billing" });
        Assert.Equal((4, 2, 1, CredentialStage.Retired), (use.Uses, use.ResidualInOverlap, use.ResidualRetired, use.Stage));
        Assert.Contains(engine.Log.Collector.GetSnapshot(), record => record.Id.Id == 115 && record.Message.Contains("billing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(CredentialStage.Retired)]
    [InlineData(CredentialStage.Revoked)]
    public async Task Nobody_is_accused_of_what_was_used_before_the_version_was_out_of_service(CredentialStage stage)
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { Overlap = TimeSpan.Zero });
        await using var _ = engine;
        var captured = provider.Current;
        captured.Reveal();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(1));
        backend.Put("v2", "two");
        captured.Reveal();
        if (stage == CredentialStage.Revoked)
        {
            await provider.RevokeAsync("v1", "leaked", Ct);
        }

        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal((stage, 0L), (UseOf("v1").Stage, UseOf("v1").ResidualRetired));
        Assert.DoesNotContain(engine.Log.Collector.GetSnapshot(), static record => record.Id.Id == 115);

        captured.Reveal();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(1, UseOf("v1").ResidualRetired);
        Assert.EndsWith("was used by consumer 'app' (caller: none). Somebody still depends on it.", Assert.Single(engine.Log.Collector.GetSnapshot(), static record => record.Id.Id == 115).Message, StringComparison.Ordinal);

        CredentialUse UseOf(string version) => Assert.Single(engine.Ledger.GetUses("stripe"), use => use.VersionId == version);
    }

    [Fact]
    public async Task The_sweep_stamps_first_and_last_use_at_its_own_resolution()
    {
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var _ = engine;
        var start = engine.Time.GetUtcNow();

        provider.Current.Reveal();
        Assert.Null(Assert.Single(engine.Ledger.GetUses()).FirstUse);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(5));
        provider.Current.Reveal();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(1));
        await engine.AdvanceAsync(TimeSpan.FromSeconds(10));

        var use = Assert.Single(engine.Ledger.GetUses());
        Assert.Equal(start + TimeSpan.FromSeconds(1), use.FirstUse);
        Assert.Equal(start + TimeSpan.FromSeconds(6), use.LastUse);
    }

    [Fact]
    public async Task Counts_of_many_threads_add_up_also_after_the_threads_are_gone()
    {
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var _ = engine;
        var consumer = provider.ForConsumer("threads");

        RunThreads(consumer, threads: 16, uses: 50_000);
        Assert.Equal(800_000, UsesOf("threads"));
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        RunThreads(consumer, threads: 4, uses: 1_000);
        Assert.Equal(804_000, UsesOf("threads"));

        long UsesOf(string name) => engine.Ledger.GetUses().Single(use => use.Consumer == name).Uses;
    }

    [Fact]
    public async Task Consumers_beyond_the_bound_share_one_name()
    {
        await using var engine = new Engine(Engine.Credential(new ScriptedBackend().Put("v1", "one"), change: rules => rules with { MaxConsumers = 5 }));
        await engine["stripe"].GetCurrentAsync(Ct);

        for (var i = 0; i < 50; i++)
        {
            engine["stripe"].ForConsumer($"consumer-{i}").Current.Reveal();
        }

        var uses = engine.Ledger.GetUses("stripe");
        Assert.InRange(uses.Count, 6, 8);
        Assert.Equal(50, uses.Sum(use => use.Uses));
        Assert.Equal(45, uses.Single(use => use.Consumer == "other").Uses);
    }

    [Fact]
    public async Task Revealing_allocates_nothing()
    {
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var _ = engine;
        var length = provider.Current.Reveal().Length;

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            length += provider.Current.Reveal().Length;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(30_003, length);
    }

    private static void RunThreads(IRotatingCredentialProvider provider, int threads, int uses)
    {
        var all = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < uses; i++)
            {
                provider.Current.Reveal();
            }
        })).ToArray();
        foreach (var thread in all)
        {
            thread.Start();
        }

        foreach (var thread in all)
        {
            thread.Join();
        }
    }
}
