using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Evidence;

/// <summary>What a builder, a probe or a proof is given is lent: silent while that runs, and counted for whoever keeps it.</summary>
public sealed class LentCredentialTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_builder_keeps_counts_for_its_consumer()
    {
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var e = engine;
        var kept = provider.ForConsumer("kept").Derive(static credential =>
        {
            _ = credential.Reveal();
            return credential;
        }).Source;
        Assert.Equal(0, UsesOf(engine, "kept"));
        var lent = provider.ForConsumer("kept").Derive(static credential => credential).Current;

        for (var i = 0; i < 1_000; i++)
        {
            lent.Reveal();
        }

        using var hold = lent.Hold();
        Assert.Equal("kept", lent.Consumer);
        Assert.NotSame(kept, lent);

        // One for reading what was derived, one for the hold.
        Assert.Equal(1_002, UsesOf(engine, "kept"));
        Assert.Equal(1, HeldBy(engine, "kept"));
    }

    [Fact]
    public async Task A_kept_one_makes_the_verdict_name_its_consumer()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { Overlap = TimeSpan.FromMinutes(10), QuietPeriod = TimeSpan.FromMinutes(5) });
        await using var e = engine;
        var client = provider.ForConsumer("client").Derive(static credential => credential).Current;
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(6), TimeSpan.FromSeconds(20));

        client.Reveal();

        var verdict = Assert.Single(engine.Ledger.GetRotations()).Verdict;
        Assert.Equal(VerdictKind.StillUsed, verdict.Kind);
        Assert.Equal("client", Assert.Single(verdict.Users).Consumer);
    }

    [Fact]
    public async Task A_hold_that_a_builder_opened_goes_on_after_it()
    {
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var e = engine;
        var held = 0;
        var hold = provider.ForConsumer("pool").Derive(credential =>
        {
            using (credential.Hold())
            {
                held = HeldBy(engine, "pool");
            }

            return credential.Hold();
        }).Current;

        Assert.Equal(0, held);
        Assert.Equal(1, HeldBy(engine, "pool"));
        hold.Dispose();
        Assert.Equal(0, HeldBy(engine, "pool"));
    }

    [Fact]
    public async Task What_a_probe_keeps_counts_and_what_it_reveals_does_not()
    {
        var probe = new KeepingProbe();
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"), probe: probe);
        await using var e = engine;
        Assert.Equal(0, UsesOf(engine, "app"));

        probe.Kept!.Reveal();

        Assert.Equal("app", probe.Kept.Consumer);
        Assert.Equal(1, UsesOf(engine, "app"));
    }

    [Fact]
    public async Task What_a_proof_keeps_counts_for_the_consumer_that_checks_it()
    {
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var e = engine;
        Credential? kept = null;
        var hooks = provider.ForConsumer("hooks");
        bool Proves(Credential credential)
        {
            kept = credential;
            return credential.Reveal() == "two";
        }

        Assert.False(hooks.MatchProof(Proves).IsAccepted);
        Assert.False(hooks.MatchProof(Proves).IsAccepted);
        Assert.Equal(0, UsesOf(engine, "hooks"));

        kept!.Reveal();
        using var hold = kept.Hold();

        Assert.Equal((2L, 1), (UsesOf(engine, "hooks"), HeldBy(engine, "hooks")));
    }

    [Fact]
    public async Task A_proof_that_keeps_one_and_fails_does_not_silence_it()
    {
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var e = engine;
        Credential? kept = null;

        Assert.Throws<InvalidOperationException>(() => provider.MatchProof(credential =>
        {
            kept = credential;
            throw new InvalidOperationException();
        }));
        kept!.Reveal();

        Assert.Equal(1, UsesOf(engine, "app"));
    }

    [Fact]
    public async Task A_refusal_that_is_reported_with_a_lent_one_has_its_consumer()
    {
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var e = engine;
        List<string?> consumers = [];
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter == engine.Meter && instrument.Name == "nhi.credential.rejections")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => consumers.Add(tags.ToArray().Single(tag => tag.Key == "nhi.consumer").Value as string));
        listener.Start();
        var lent = provider.ForConsumer("partner").Derive(static credential => credential).Current;

        provider.Report(lent, CredentialOutcome.Rejected);

        Assert.Equal(["partner"], consumers);
    }

    private static long UsesOf(Engine engine, string consumer) => engine.Ledger.GetUses().Where(use => use.Consumer == consumer).Sum(use => use.Uses);

    private static int HeldBy(Engine engine, string consumer) => engine.Ledger.GetUses().Where(use => use.Consumer == consumer).Sum(use => use.Held);

    private sealed class KeepingProbe : ICredentialProbe
    {
        public Credential? Kept { get; private set; }

        public ValueTask<ProbeResult> ProbeAsync(Credential credential, CancellationToken ct)
        {
            Kept = credential;
            _ = credential.Reveal();
            return ValueTask.FromResult(new ProbeResult(ProbeVerdict.Accepted));
        }
    }
}
