using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Evidence;

/// <summary>What was made with a version, a signature for example, needs it for longer than its making.</summary>
public sealed class ArtifactTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_version_is_not_safe_before_the_last_thing_that_was_made_with_it_has_ended()
    {
        var (engine, provider) = await RotatedAsync(new CredentialOptions { QuietPeriod = Quiet, ArtifactLifetime = TimeSpan.FromMinutes(20) }, static credential => credential.Reveal());
        await using var e = engine;

        await engine.AdvanceAsync(TimeSpan.FromMinutes(20) - TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10));
        var verdict = Assert.Single(engine.Ledger.GetRotations()).Verdict;
        Assert.Equal(VerdictKind.InOverlap, verdict.Kind);
        Assert.StartsWith("What was made with it is valid until", Assert.Single(verdict.Reasons), StringComparison.Ordinal);

        await engine.AdvanceAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10));
        Assert.Equal(VerdictKind.SafeToRevoke, Assert.Single(engine.Ledger.GetRotations()).Verdict.Kind);
        Assert.Equal("v2", provider.Current.VersionId);
    }

    [Fact]
    public async Task One_thing_may_say_for_itself_until_when_it_is_valid()
    {
        DateTimeOffset until = default;
        var (engine, _) = await RotatedAsync(new CredentialOptions { QuietPeriod = Quiet }, credential => credential.RecordUse(until), engine => until = engine.Time.GetUtcNow().AddDays(7));
        await using var e = engine;

        await engine.AdvanceAsync(until - engine.Time.GetUtcNow() - TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Assert.Equal((1L, until), (engine.Ledger.GetUses().First(use => use.VersionId == "v1").Uses, engine.Ledger.GetUses().First(use => use.VersionId == "v1").ValidUntil));
        Assert.Equal(VerdictKind.InOverlap, Assert.Single(engine.Ledger.GetRotations()).Verdict.Kind);

        await engine.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(VerdictKind.SafeToRevoke, Assert.Single(engine.Ledger.GetRotations()).Verdict.Kind);
    }

    private static async Task<(Engine Engine, IRotatingCredentialProvider Provider)> RotatedAsync(CredentialOptions options, Action<Credential> use, Action<Engine>? before = null)
    {
        options.Overlap = TimeSpan.FromDays(30);
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, options);
        before?.Invoke(engine);
        use(provider.Current);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(1));
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        return (engine, provider);
    }
}
