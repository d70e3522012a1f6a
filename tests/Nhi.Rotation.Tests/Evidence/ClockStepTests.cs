using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Evidence;

/// <summary>A wall clock that is set lets no time pass. The quiet period is an hour.</summary>
public sealed class ClockStepTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(61)]
    [InlineData(-61)]
    public async Task Quiet_is_time_that_passed(int minutes)
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { Overlap = TimeSpan.FromHours(6) });
        await using var disposed = engine;
        provider.Current.Reveal();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        var old = provider.Current;
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        old.Reveal();
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));

        engine.Time.SetWallClock(TimeSpan.FromMinutes(minutes));
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        var verdict = Assert.Single(engine.Ledger.GetRotations()).Verdict;
        Assert.Equal(VerdictKind.StillUsed, verdict.Kind);

        // What is shown is dated as the clock is now.
        Assert.InRange(engine.Time.GetUtcNow() - Assert.Single(verdict.Users).LastUse!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(5));

        await engine.AdvanceAsync(TimeSpan.FromMinutes(59), TimeSpan.FromSeconds(30));
        Assert.Equal(VerdictKind.StillUsed, Assert.Single(engine.Ledger.GetRotations()).Verdict.Kind);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(30));
        Assert.Equal(VerdictKind.SafeToRevoke, Assert.Single(engine.Ledger.GetRotations()).Verdict.Kind);
    }
}
