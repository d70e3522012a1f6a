using System.Text;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Providers;

public sealed class SameValueTests
{
    private const int Rotated = 101;
    private const int RolledBack = 102;
    private const int Revoked = 106;
    private const int SameValue = 127;

    private static readonly CredentialOptions Hour = new() { Overlap = TimeSpan.FromHours(1), QuietPeriod = TimeSpan.FromMinutes(10) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(VersionLabel.None)]
    [InlineData(VersionLabel.Current)]
    public async Task A_new_version_with_the_value_of_the_present_one_rotates_nothing_and_is_told_once(VersionLabel label)
    {
        var backend = new ScriptedBackend().Put("v1", "one", label);
        var (engine, provider) = await Engine.StartAsync(backend, Hour);
        await using var owned = engine;

        backend.Put("v1", "one", label == VersionLabel.None ? label : VersionLabel.Previous).Put("v2", "one", label);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v1", provider.Current.VersionId);
        Assert.Empty(provider.Credentials.Previous);
        Assert.Empty(engine.Ledger.GetRotations());
        Assert.Contains("version 'v2' holds the value of version 'v1': nothing was rotated", Assert.Single(Logged(engine, SameValue)), StringComparison.Ordinal);
        Assert.Empty(Logged(engine, Rotated));
        Assert.Equal(["v2"], engine.Status("stripe").Unrotated);
        Assert.True(provider.Match("one"u8).IsAccepted);
    }

    [Fact]
    public async Task The_value_itself_in_place_of_an_id_revokes_its_version_and_is_told_to_nobody()
    {
        const string leaked = "CANARY-leaked";
        await using var engine = new Engine(Engine.Credential(new ScriptedBackend().Put("v1", leaked).Put("v2", "two")));
        await engine["stripe"].GetCurrentAsync(Ct);

        await engine["stripe"].RevokeAsync(leaked, "in a log", Ct);

        Assert.Equal([("v1", CredentialStage.Revoked), ("v2", CredentialStage.Current)], engine.Ledger.GetInventory()[0].Versions.Select(version => (version.VersionId, version.Stage)));
        Assert.DoesNotContain(engine.Log.Collector.GetSnapshot(), record => record.Message.Contains(leaked, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_version_whose_value_was_never_seen_is_not_proven_to_be_safe()
    {
        var backend = new ScriptedBackend().Put("v1", "one").Put("v2", "two");
        await using var engine = new Engine(Engine.Credential(backend, options: new CredentialOptions { QuietPeriod = TimeSpan.FromMinutes(1) }));
        await engine["stripe"].RevokeAsync("v1", "on a list", Ct);
        await engine["stripe"].RevokeAsync("v0", "no longer listed", Ct);
        engine["stripe"].Current.Reveal();
        engine["stripe"].Report(engine["stripe"].Current, CredentialOutcome.Accepted);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));

        var unseen = engine.Ledger.GetRotations("stripe").Single(rotation => rotation.From == "v0").Verdict;
        var seen = engine.Ledger.GetRotations("stripe").Single(rotation => rotation.From == "v1").Verdict;

        Assert.Equal(VerdictKind.InOverlap, unseen.Kind);
        Assert.Equal(["Its value was never seen here, so it is not known whether a version in service holds it."], unseen.Reasons);
        Assert.Equal(VerdictKind.SafeToRevoke, seen.Kind);
    }

    [Fact]
    public async Task Whoever_accepts_the_value_under_an_older_name_accepts_it_so_nothing_falls_back_to_that_name()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, Hour);
        await using var owned = engine;
        var first = provider.Current;
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        backend.Put("v3", "one");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        var returned = provider.Current;
        Assert.Equal("v3", returned.VersionId);

        for (var i = 0; i < 3; i++)
        {
            provider.Report(returned, CredentialOutcome.Rejected);
        }

        provider.Report(first, CredentialOutcome.Accepted);

        Assert.Equal("v3", provider.Current.VersionId);
        Assert.Empty(engine.Status("stripe").Paused);
    }

    [Fact]
    public async Task A_fresh_process_says_the_same_and_opens_no_overlap()
    {
        var backend = new ScriptedBackend().Put("v1", "one").Put("v2", "one");
        var (engine, provider) = await Engine.StartAsync(backend, Hour);
        await using var owned = engine;

        Assert.Equal("one", provider.Current.Reveal());
        Assert.Empty(provider.Credentials.Previous);
        Assert.Contains("version 'v2' holds the value of version 'v1'", Assert.Single(Logged(engine, SameValue)), StringComparison.Ordinal);
        Assert.Single(engine.Status("stripe").Unrotated);
    }

    [Fact]
    public async Task The_next_real_rotation_puts_both_names_of_the_old_value_into_overlap()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, Hour);
        await using var owned = engine;
        backend.Put("v2", "one");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        backend.Put("v3", "three");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v3", provider.Current.VersionId);
        Assert.Equal(["v1", "v2"], provider.Credentials.Previous.Select(version => version.VersionId).Order(StringComparer.Ordinal));
        Assert.Empty(engine.Status("stripe").Unrotated);
    }

    [Fact]
    public async Task No_verdict_says_that_a_version_may_go_whose_value_is_in_service_under_another_name()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, Hour);
        await using var owned = engine;
        provider.Current.Reveal();
        backend.Put("v2", "one");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        backend.Remove("v1");
        backend.Put("v1", "one", enabled: false);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal("v2", provider.Current.VersionId);
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1));

        var verdict = engine.Ledger.GetRotations("stripe").Single(rotation => rotation.From == "v1").Verdict;
        Assert.Equal(VerdictKind.InOverlap, verdict.Kind);
        Assert.Contains(verdict.Reasons, reason => reason.Contains("Version 'v2' holds the same value", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_revoked_value_stays_revoked_under_any_name()
    {
        var backend = new ScriptedBackend().Put("v1", "one").Put("v2", "two");
        var (engine, provider) = await Engine.StartAsync(backend, Hour);
        await using var owned = engine;
        await provider.RevokeAsync("v1", "leaked", Ct);

        backend.Put("v3", "one");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v2", provider.Current.VersionId);
        Assert.Contains(Logged(engine, Revoked), message => message.Contains("'v3'", StringComparison.Ordinal) && message.Contains("holds the value of version 'v1', which is revoked", StringComparison.Ordinal));
        var match = provider.Match("one"u8);
        Assert.True(match.IsRecognized);
        Assert.False(match.IsAccepted);
    }

    [Fact]
    public async Task Revoking_one_name_of_a_value_revokes_the_other_too()
    {
        var backend = new ScriptedBackend().Put("v0", "old").Put("v1", "one").Put("v2", "one");
        var (engine, provider) = await Engine.StartAsync(backend, Hour);
        await using var owned = engine;

        await provider.RevokeAsync("v1", "leaked", Ct);

        Assert.Equal("v0", provider.Current.VersionId);
        Assert.False(provider.Match("one"u8).IsAccepted);
    }

    [Fact]
    public async Task A_version_that_was_revoked_before_it_was_seen_gives_its_value_away_once()
    {
        var backend = new ScriptedBackend().Put("v0", "old");
        var (engine, provider) = await Engine.StartAsync(backend, Hour);
        await using var owned = engine;
        await provider.RevokeAsync("v1", "leaked", Ct);

        backend.Put("v1", "one").Put("v2", "one");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v0", provider.Current.VersionId);
        Assert.True(provider.Match("one"u8) is { IsRecognized: true, IsAccepted: false });
        Assert.Contains("v1", backend.KnownIds[^1]);
    }

    [Fact]
    public async Task A_value_that_was_replaced_and_comes_back_is_a_rollback()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, Hour);
        await using var owned = engine;
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await engine.AdvanceAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(10));

        backend.Put("v3", "one");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal("v3", provider.Current.VersionId);
        Assert.Single(Logged(engine, RolledBack));
        Assert.Contains("a value that was replaced is back", Assert.Single(Logged(engine, SameValue)), StringComparison.Ordinal);
        Assert.True(provider.Match(Encoding.UTF8.GetBytes("one")).IsAccepted);
    }

    private static string[] Logged(Engine engine, int eventId) => [.. engine.Log.Collector.GetSnapshot().Where(record => record.Id.Id == eventId).Select(record => record.Message)];
}
