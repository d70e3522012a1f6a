using System.Text;
using CsCheck;
using Nhi.Rotation.Tests.Support;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Tests.Providers;

public sealed class MatchTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Current_and_previous_are_accepted_and_a_retired_key_is_refused_and_recognised()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { Overlap = TimeSpan.FromMinutes(10) });
        await using var _ = engine;
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal(new CredentialMatch("v2", CredentialStage.Current, true), provider.Match("two"u8));
        var now = engine.Time.GetUtcNow();
        Assert.Equal(new CredentialMatch("v1", CredentialStage.Previous, true) { SupersededAt = now, ValidUntil = now.AddMinutes(10) }, provider.Match("one"u8));
        Assert.Equal(default, provider.Match("three"u8));
        Assert.Equal(default, provider.Match([]));

        await engine.AdvanceAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(10));
        backend.Remove("v1");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        var late = provider.Match("one"u8, caller: "partner-7");
        Assert.False(late.IsAccepted);
        Assert.True(late.IsRecognized);
        Assert.Equal(("v1", CredentialStage.Retired), (late.VersionId, late.Stage));
        var use = Assert.Single(engine.Ledger.GetUses(), use => use.Caller == "partner-7");
        Assert.Equal((1, 1), (use.Uses, use.ResidualRetired));
    }

    [Fact]
    public async Task A_pending_version_is_accepted_once_its_time_has_come()
    {
        var backend = new ScriptedBackend().Put("v1", "one", VersionLabel.Current);
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.Put("v2", "two", VersionLabel.Pending, notBefore: engine.Time.GetUtcNow() + TimeSpan.FromMinutes(1));
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.False(provider.Match("two"u8).IsAccepted);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(new CredentialMatch("v2", CredentialStage.Pending, true), provider.Match("two"u8));
    }

    [Fact]
    public async Task A_proof_counts_a_use_of_the_version_that_made_it_and_of_no_other()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { Overlap = TimeSpan.FromMinutes(10) });
        await using var _ = engine;
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(10));
        backend.Put("v3", "three");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal(new CredentialMatch("v3", CredentialStage.Current, true), provider.MatchProof(Is("three"), "partner-7"));
        Assert.Equal(("v2", CredentialStage.Previous, true), provider.MatchProof(Is("two"), "partner-7") is var previous ? (previous.VersionId, previous.Stage, previous.IsAccepted) : default);
        Assert.Equal(default, provider.MatchProof(Is("four"), "partner-7"));

        // A proof needs the value, which a retired version has no more; a key that is presented itself is recognised by its fingerprint.
        Assert.Equal(default, provider.MatchProof(Is("one"), "partner-7"));
        Assert.Equal(new CredentialMatch("v1", CredentialStage.Retired, false), provider.Match("one"u8, "partner-7"));

        var uses = engine.Ledger.GetUses().Where(use => use.Uses > 0).OrderBy(use => use.VersionId).ToArray();
        Assert.Equal([("v1", 1, 0, 1), ("v2", 1, 1, 0), ("v3", 1, 0, 0)], uses.Select(use => (use.VersionId, use.Uses, use.ResidualInOverlap, use.ResidualRetired)));
        Assert.All(uses, use => Assert.Equal("partner-7", use.Caller));
    }

    [Fact]
    public async Task Of_several_versions_that_fit_a_proof_the_current_one_counts_and_all_are_tried()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.Put("v2", "two").Put("v3", "three", VersionLabel.Pending);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        var tried = new List<string>();

        var match = provider.MatchProof(credential =>
        {
            tried.Add(credential.Reveal());
            return true;
        });

        Assert.Equal(new CredentialMatch("v2", CredentialStage.Current, true), match);
        Assert.Equal(["two", "three", "one"], tried);
        Assert.Equal("v2", Assert.Single(engine.Ledger.GetUses(), use => use.Uses > 0).VersionId);
    }

    [Fact]
    public async Task A_proof_made_with_a_revoked_version_is_refused_and_not_recognised()
    {
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one").Put("v2", "two"));
        await using var _ = engine;
        await provider.RevokeAsync("v1", "leaked", Ct);

        Assert.Equal(default, provider.MatchProof(Is("one")));
        Assert.True(provider.MatchProof(Is("two")).IsAccepted);
    }

    [Fact]
    public async Task Callers_beyond_the_bound_share_one_name()
    {
        await using var engine = new Engine(Engine.Credential(new ScriptedBackend().Put("v1", "one"), change: rules => rules with { MaxCallers = 10 }));
        var provider = engine["stripe"];
        await provider.GetCurrentAsync(Ct);

        Parallel.For(0, 10_000, i => provider.Match("one"u8, $"caller-{i % 100}"));

        var callers = engine.Ledger.GetUses().Where(use => use.Caller is not null).ToArray();
        Assert.InRange(callers.Length, 11, 13);
        Assert.Equal(10_000, callers.Sum(use => use.Uses));
    }

    [Fact]
    public void The_fingerprint_is_siphash_2_4_with_128_bits()
    {
        // First, second and last of the reference vectors (vectors.h of the reference implementation): key 00..0f, input 00, 01, ...
        var input = Enumerable.Range(0, 64).Select(i => (byte)i).ToArray();
        var (k0, k1) = (0x0706050403020100UL, 0x0f0e0d0c0b0a0908UL);

        Assert.Equal("A3817F04BA25A8E66DF67214C7550293", Hex(VersionFingerprint.Compute([], k0, k1)));
        Assert.Equal("DA87C1D86B99AF44347659119B22FC45", Hex(VersionFingerprint.Compute(input.AsSpan(0, 1), k0, k1)));
        Assert.Equal("8177228DA4A45DC7FCA38BDEF60AFFE4", Hex(VersionFingerprint.Compute(input.AsSpan(0, 2), k0, k1)));
    }

    [Fact]
    public async Task Any_two_values_are_told_apart()
    {
        var backend = new ScriptedBackend().Put("v1", "xy");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;

        Gen.String[1, 50].Where(text => !text.Any(char.IsSurrogate)).Sample(
            text => provider.Match(Encoding.UTF8.GetBytes(text)).IsRecognized == (text == "xy"), iter: 10_000);
        Assert.True(provider.Match("xy"u8).IsAccepted);
    }

    private static Func<Credential, bool> Is(string value) => credential => credential.Reveal() == value;

    private static string Hex(VersionFingerprint fingerprint)
    {
        var bytes = new byte[16];
        BitConverter.TryWriteBytes(bytes, fingerprint.Low);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), fingerprint.High);
        return Convert.ToHexString(bytes);
    }
}
