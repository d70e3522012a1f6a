using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Evidence;

/// <summary>Whoever keeps what it was given of an old version is named while it sleeps.</summary>
public sealed class KeptObjectTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_credential_that_is_kept_and_never_used_is_a_hold_of_its_consumer()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        engine.Heap.Keep(provider.ForConsumer("reports").Current);
        await RotateAndMoveAsync(engine, provider, backend);

        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));

        var evidence = Assert.Single(engine.Ledger.GetRotations());
        Assert.Equal((VerdictKind.StillUsed, "reports still holds the credential object it was given."), (evidence.Verdict.Kind, Assert.Single(evidence.Verdict.Reasons)));
        var holder = Assert.Single(evidence.Verdict.Users);
        Assert.Equal(("reports", 0L, KeptObjects.Credential, false), (holder.Consumer, holder.Uses, holder.Kept, holder.IsUnchecked));
        Assert.Empty(evidence.Verdict.Unproven);
    }

    [Fact]
    public async Task A_class_that_did_not_say_its_name_is_a_part_of_the_app_without_one()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        var captured = provider.Current;
        captured.Reveal();
        engine.Heap.Keep(captured);
        await RotateAndMoveAsync(engine, provider, backend);

        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));

        Assert.Equal("a part of app without a name (ForConsumer gives it one) still holds the credential object it was given.", Assert.Single(VerdictOf(engine).Reasons));
    }

    [Theory]
    [InlineData("login")]
    [InlineData("secret of RDS")]
    [InlineData("fields")]
    [InlineData("key")]
    public async Task A_typed_value_that_is_kept_is_a_hold_though_nobody_derived_it(string what)
    {
        const string value = """{"username":"app","password":"pa"}""";
        var backend = new ScriptedBackend().Put("v1", value);
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { QuietPeriod = Quiet });
        await using var e = engine;
        var reports = provider.ForConsumer("reports");
        object kept = what switch
        {
            "login" => UsernamePassword.Parse(reports.Current),
            "secret of RDS" => RdsSecret.Parse(reports.Current),
            "fields" => JsonFields.Parse(reports.Current),
            _ => HmacKey.ParseRaw(reports.Current),
        };
        engine.Heap.Keep(kept);
        backend.Put("v2", value.Replace("pa", "pb", StringComparison.Ordinal));
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        reports.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);

        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));

        var holder = Assert.Single(Assert.Single(engine.Ledger.GetRotations()).Verdict.Users);
        Assert.Equal(("reports", KeptObjects.Derived), (holder.Consumer, holder.Kept));
    }

    [Fact]
    public async Task It_is_a_hold_after_two_collections_a_minute_apart_and_not_proven_until_then()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        engine.Heap.IsSlow = true;
        engine.Heap.Keep(provider.Current);
        await RotateAndMoveAsync(engine, provider, backend);
        await engine.AdvanceAsync(Quiet - TimeSpan.FromSeconds(3));
        Assert.Equal(0, engine.Heap.Asked);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(1, engine.Heap.Asked);
        var unknown = VerdictOf(engine);
        Assert.Equal(VerdictKind.InOverlap, unknown.Kind);
        Assert.StartsWith("It is not known yet whether a part of app", Assert.Single(unknown.Reasons), StringComparison.Ordinal);

        engine.Heap.Complete();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(59));
        engine.Heap.Complete();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(58));
        Assert.Equal(VerdictKind.InOverlap, VerdictOf(engine).Kind);

        engine.Heap.Complete();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(VerdictKind.StillUsed, VerdictOf(engine).Kind);
    }

    [Fact]
    public async Task Whoever_lets_go_is_not_accused_any_more()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        var kept = provider.ForConsumer("reports").Current;
        engine.Heap.Keep(kept);
        await RotateAndMoveAsync(engine, provider, backend);
        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));
        Assert.Equal(VerdictKind.StillUsed, VerdictOf(engine).Kind);

        engine.Heap.LetGo(kept);
        engine.Heap.Complete();

        Assert.Equal(VerdictKind.SafeToRevoke, VerdictOf(engine).Kind);
        Assert.Contains(VerdictOf(engine).Reasons, reason => reason.Contains("copies of its text", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_collection_is_asked_for_again_until_it_is_let_go()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        var kept = provider.Current;
        engine.Heap.Keep(kept);
        await RotateAndMoveAsync(engine, provider, backend);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(10));
        Assert.InRange(engine.Heap.Asked, 4, 7);

        engine.Heap.LetGo(kept);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(9), TimeSpan.FromSeconds(10));
        Assert.Equal(VerdictKind.SafeToRevoke, VerdictOf(engine).Kind);

        var asked = engine.Heap.Asked;
        await engine.AdvanceAsync(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(10));
        Assert.Equal(asked, engine.Heap.Asked);
    }

    [Fact]
    public async Task Without_collections_it_is_not_proven()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        engine.Heap.IsSlow = true;
        await RotateAndMoveAsync(engine, provider, backend);
        await engine.AdvanceAsync(Quiet * 10, TimeSpan.FromSeconds(10));
        Assert.Equal(VerdictKind.InOverlap, VerdictOf(engine).Kind);

        engine.Heap.Complete();

        Assert.Equal(VerdictKind.SafeToRevoke, VerdictOf(engine).Kind);
    }

    [Fact]
    public async Task What_a_builder_made_is_watched_and_what_it_shares_is_not()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        var shared = new object();
        engine.Heap.Keep(shared);
        engine.Heap.Keep("interned");
        var sharing = provider.ForConsumer("sharing").Derive(_ => shared);
        var literal = provider.ForConsumer("literal").Derive(_ => "interned");
        var own = provider.ForConsumer("client").Derive(credential => new Uri("https://example.com/" + credential.VersionId));
        engine.Heap.Keep(own.Current);
        await RotateAndMoveAsync(engine, provider, backend);
        _ = own.Current;

        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));

        var verdict = VerdictOf(engine);
        Assert.Equal((VerdictKind.StillUsed, "client still holds what was derived from it."), (verdict.Kind, Assert.Single(verdict.Reasons)));
        GC.KeepAlive(sharing);
        GC.KeepAlive(literal);
    }

    [Fact]
    public async Task What_a_builder_was_lent_and_keeps_is_watched()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        Credential? lent = null;
        var derived = provider.ForConsumer("client").Derive(credential =>
        {
            lent ??= credential;
            return 1;
        });
        engine.Heap.Keep(lent!);
        await RotateAndMoveAsync(engine, provider, backend);
        _ = derived.Current;

        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));

        Assert.Equal("client still holds the credential object it was given.", Assert.Single(VerdictOf(engine).Reasons));
    }

    [Fact]
    public async Task What_is_taken_from_the_list_of_previous_versions_and_kept_is_a_hold()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        await RotateAndMoveAsync(engine, provider, backend);
        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));
        Assert.Equal(VerdictKind.SafeToRevoke, VerdictOf(engine).Kind);

        engine.Heap.Keep(provider.ForConsumer("late").Credentials.Previous[0]);
        Assert.Equal(VerdictKind.InOverlap, VerdictOf(engine).Kind);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(10));

        Assert.Equal("late still holds the credential object it was given.", Assert.Single(VerdictOf(engine).Reasons));
    }

    [Fact]
    public async Task Whoever_keeps_it_beyond_its_end_is_a_violation_until_it_lets_go()
    {
        var (engine, provider, backend) = await StartAsync(overlap: Quiet * 3);
        await using var e = engine;
        var kept = provider.ForConsumer("reports").Current;
        engine.Heap.Keep(kept);
        await RotateAndMoveAsync(engine, provider, backend);
        await engine.AdvanceAsync(Quiet * 4, TimeSpan.FromSeconds(10));

        Assert.Equal((VerdictKind.Violated, "It has ended, and reports still holds the credential object it was given."), (VerdictOf(engine).Kind, Assert.Single(VerdictOf(engine).Reasons)));

        engine.Heap.LetGo(kept);
        engine.Heap.Complete();
        Assert.Equal(VerdictKind.SafeToRevoke, VerdictOf(engine).Kind);
    }

    [Fact]
    public async Task A_version_that_came_back_accuses_nobody()
    {
        var backend = new ScriptedBackend().Put("v1", "one", VersionLabel.Current);
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { QuietPeriod = Quiet });
        await using var e = engine;
        engine.Heap.Keep(provider.Current);
        backend.Put("v1", "one", VersionLabel.Previous).Put("v2", "two", VersionLabel.Current);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));
        Assert.Equal(KeptObjects.Credential, engine.Ledger.GetUses().Single(use => use.VersionId == "v1").Kept);

        backend.Put("v1", "one", VersionLabel.Current).Put("v2", "two", VersionLabel.Previous);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));

        Assert.Equal(KeptObjects.None, engine.Ledger.GetUses().Single(use => use.VersionId == "v1").Kept);
    }

    [Fact]
    public async Task The_text_and_the_bytes_that_a_reveal_gave_are_a_hold_of_whoever_keeps_them()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        var text = provider.ForConsumer("reports").Current.Reveal();
        engine.Heap.Keep(text);
        engine.Heap.Keep(BytesOf(provider.ForConsumer("signer").Current));
        provider.ForConsumer("nightly").Current.Reveal();
        await RotateAndMoveAsync(engine, provider, backend);
        foreach (var consumer in (string[])["reports", "signer", "nightly"])
        {
            provider.ForConsumer(consumer).Report(provider.ForConsumer(consumer).Current, CredentialOutcome.Accepted);
            provider.ForConsumer(consumer).Current.Reveal();
        }

        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));

        Assert.Equal(VerdictKind.StillUsed, VerdictOf(engine).Kind);
        Assert.Equal(["reports still holds the text it was given.", "signer still holds the bytes it was given."], VerdictOf(engine).Reasons.Order());
        Assert.Equal([KeptObjects.Text, KeptObjects.Bytes], VerdictOf(engine).Users.OrderBy(use => use.Consumer).Select(use => use.Kept));

        engine.Heap.LetGo(text);
        engine.Heap.Complete();
        Assert.Equal("signer still holds the bytes it was given.", Assert.Single(VerdictOf(engine).Reasons));
    }

    [Fact]
    public async Task Each_consumer_is_given_a_text_of_its_own_and_always_the_same_one()
    {
        var (engine, provider, _) = await StartAsync();
        await using var e = engine;
        var (reports, nightly) = (provider.ForConsumer("reports").Current, provider.ForConsumer("nightly").Current);

        Assert.Equal("one", reports.Reveal());
        Assert.NotSame(reports.Reveal(), nightly.Reveal());
        Assert.Same(reports.Reveal(), provider.ForConsumer("reports").Current.Reveal());
        Assert.NotSame(BytesOf(reports), BytesOf(nightly));
        Assert.Same(BytesOf(reports), BytesOf(reports));
    }

    [Fact]
    public async Task A_text_that_a_builder_read_and_kept_is_a_hold()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        var derived = provider.ForConsumer("client").Derive(credential => credential.Reveal());
        engine.Heap.Keep(derived.Current);
        await RotateAndMoveAsync(engine, provider, backend);
        _ = derived.Current;

        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));

        Assert.Equal(
            ["client still holds the text it was given.", "client still holds what was derived from it."],
            VerdictOf(engine).Reasons.Order());
    }

    [Fact]
    public async Task A_text_given_after_the_replacement_is_watched_too()
    {
        var (engine, provider, backend) = await StartAsync();
        await using var e = engine;
        await RotateAndMoveAsync(engine, provider, backend);
        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));
        Assert.Equal(VerdictKind.SafeToRevoke, VerdictOf(engine).Kind);

        engine.Heap.Keep(provider.ForConsumer("late").Credentials.Previous[0].Reveal());
        await engine.AdvanceAsync(Quiet * 2, TimeSpan.FromSeconds(10));

        Assert.Contains("late still holds the text it was given.", VerdictOf(engine).Reasons);
    }

    [Fact]
    public void A_version_that_is_given_out_very_often_keeps_no_list_of_what_nobody_keeps()
    {
        var to = new Receiver();
        object[] kept = [new(), new(), new()];
        for (var i = 0; i < 10_000; i++)
        {
            var given = i % 4_000 == 5 ? kept[i / 4_000] : new object();
            new GivenObject(given, KeptObjects.Text, isLate: false).GiveTo(to, one => !kept.Contains(one.Target));
        }

        Assert.InRange(GivenObject.Of(to).Count(), 3, 8);

        GivenObject.Remove(to, one => !kept.Contains(one.Target));
        Assert.Equal(kept.Reverse(), GivenObject.Of(to).Select(given => given.Target));
        Assert.All(GivenObject.Of(to), given => Assert.Equal(KeptObjects.Text, given.Kind));
    }

    [Fact]
    public async Task The_process_itself_keeps_nothing_and_finds_who_does()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { QuietPeriod = Quiet });
        await using var e = engine;
        var heap = new ProcessHeap();
        var (kept, dropped, derived) = Give(provider);
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await engine.SettleAsync();

        var before = heap.LastFullCollection;
        await Task.Run(heap.Collect, Ct);
        await Engine.EventuallyAsync(() => heap.LastFullCollection > before);

        Assert.False(heap.IsAlive(dropped));
        Assert.False(heap.IsAlive(derived));
        Assert.Equal("v1", kept.VersionId);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Credential Kept, WeakReference Dropped, WeakReference Derived) Give(IRotatingCredentialProvider provider)
    {
        var presenter = new Presenter<string>(provider.ForConsumer("dropping"), credential => credential.Reveal() + "!");
        presenter.Accepted(presenter.Take());
        return (provider.Current, new WeakReference(provider.ForConsumer("dropping").Current), new WeakReference(presenter.Take().Value));
    }

    private static byte[] BytesOf(Credential credential) =>
        MemoryMarshal.TryGetArray(credential.RevealBytes(), out var bytes) ? bytes.Array! : throw new InvalidOperationException("no array");

    private static RotationVerdict VerdictOf(Engine engine) => engine.Ledger.GetRotations().Single(evidence => evidence.From == "v1").Verdict;

    private static async Task<(Engine Engine, IRotatingCredentialProvider Provider, ScriptedBackend Backend)> StartAsync(TimeSpan? overlap = null)
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { QuietPeriod = Quiet, Overlap = overlap ?? TimeSpan.FromDays(1) });
        return (engine, provider, backend);
    }

    private static async Task RotateAndMoveAsync(Engine engine, IRotatingCredentialProvider provider, ScriptedBackend backend)
    {
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await engine.SettleAsync();
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
    }

    private sealed class Receiver : IReceiver
    {
        public GivenObject? Given { get; set; }
    }
}
