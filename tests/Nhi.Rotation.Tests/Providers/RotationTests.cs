using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Providers;

public sealed class RotationTests
{
    [Fact]
    public async Task A_new_version_is_presented_after_a_refresh_and_the_old_one_stays_in_overlap()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        var old = provider.Current;
        Assert.Same(old, provider.Credentials.Current);
        var changed = provider.GetChangeToken();

        backend.Put("v2", "two");
        var set = await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);

        Assert.Equal("two", provider.Current.Reveal());
        Assert.Equal(CredentialStage.Current, provider.Current.Stage);
        Assert.Equal(CredentialStage.Previous, old.Stage);
        Assert.Equal(("v1", "one"), (Assert.Single(set.Previous).VersionId, set.Previous[0].Reveal()));
        Assert.Same(set.Previous[0], provider.Credentials.Previous[0]);
        Assert.True(changed.HasChanged);
        Assert.False(provider.GetChangeToken().HasChanged);
    }

    [Fact]
    public async Task Who_first_looks_at_all_versions_after_a_rotation_sees_them_counted_like_those_that_were_held()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        var old = provider.Current;
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);

        var previous = Assert.Single(provider.Credentials.Previous);
        old.Reveal();
        previous.Reveal();

        Assert.Equal(("v1", provider.Consumer), (previous.VersionId, previous.Consumer));
        Assert.Same(previous, Assert.Single(provider.Credentials.Previous));
        Assert.Equal(2, Assert.Single(engine.Ledger.GetUses(), use => use.VersionId == "v1").Uses);
    }

    [Fact]
    public async Task The_store_is_told_what_the_other_side_refuses_until_it_is_accepted_or_replaced()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        Assert.Empty(backend.Rejected);
        provider.Report(provider.Current, CredentialOutcome.Rejected);
        await engine.SettleAsync();
        Assert.Equal(["v1"], backend.Rejected);

        provider.Report(provider.Current, CredentialOutcome.Accepted);
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        Assert.Empty(backend.Rejected);

        // Refused so often that another one, which works, takes its place: that is no longer current, and refused all the same.
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        var (refused, working) = (provider.Current, provider.Credentials.Previous[0]);
        for (var time = 0; time < 10; time++)
        {
            provider.Report(refused, CredentialOutcome.Rejected);
            provider.Report(working, CredentialOutcome.Accepted);
        }

        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        Assert.Equal("v1", provider.Current.VersionId);
        Assert.Equal(["v2"], backend.Rejected);

        backend.Put("v3", "three");
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        await engine.AdvanceAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(1));
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        Assert.Equal("v3", provider.Current.VersionId);
        Assert.Empty(backend.Rejected);
    }

    [Fact]
    public async Task The_old_version_retires_when_its_overlap_ends()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { Overlap = TimeSpan.FromMinutes(10) });
        await using var _ = engine;
        var old = provider.Current;
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);

        await engine.AdvanceAsync(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        Assert.Equal(CredentialStage.Previous, old.Stage);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(CredentialStage.Retired, old.Stage);
        Assert.Empty(provider.Credentials.Previous);
    }

    [Fact]
    public async Task The_refresh_interval_finds_a_new_version_without_being_asked()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.Put("v2", "two");

        await engine.AdvanceAsync(TimeSpan.FromMinutes(5.6), TimeSpan.FromSeconds(10));

        Assert.Equal("v2", provider.Current.VersionId);
        Assert.Equal(2, backend.Calls);
    }

    [Fact]
    public async Task Values_that_are_known_are_not_asked_for_again()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.Put("v2", "two");

        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);

        Assert.Equal([[], ["v1"], ["v1", "v2"]], backend.KnownIds.Select(ids => ids.Order().ToArray()).ToArray());
    }

    [Fact]
    public async Task A_credential_is_the_same_object_for_one_consumer_and_another_for_the_next()
    {
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var _ = engine;

        var billing = provider.ForConsumer("billing");
        Assert.Same(billing, provider.ForConsumer("billing"));
        Assert.Same(billing.Current, billing.Current);
        Assert.NotSame(billing.Current, provider.Current);
        Assert.Equal("billing", billing.Current.Consumer);
    }

    [Fact]
    public async Task Revoking_the_current_version_presents_the_previous_one_at_once_and_asks_the_backend()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        var leaked = provider.Current;
        var calls = backend.Calls;
        var release = backend.Block();

        var revocation = provider.RevokeAsync("v2", "leaked in a log", TestContext.Current.CancellationToken);

        Assert.Equal("v1", provider.Current.VersionId);
        Assert.Equal(CredentialStage.Revoked, leaked.Stage);
        release();
        await revocation;
        Assert.Equal(calls + 1, backend.Calls);
        Assert.Equal("v1", provider.Current.VersionId);
        Assert.False(provider.Match("two"u8).IsAccepted);
        Assert.True(provider.Match("two"u8).IsRecognized);
    }

    [Fact]
    public async Task Revoking_the_only_version_leaves_nothing_and_the_error_says_so()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;

        await provider.RevokeAsync("v1", "leaked", TestContext.Current.CancellationToken);

        var error = Assert.Throws<CredentialUnavailableException>(() => provider.Current);
        Assert.Contains("'stripe'", error.Message, StringComparison.Ordinal);
        Assert.Contains("revoked", error.Message, StringComparison.Ordinal);
        Assert.Contains("Add a new version", error.Message, StringComparison.Ordinal);
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        Assert.Equal("two", provider.Current.Reveal());
    }

    [Fact]
    public async Task Repeated_rejection_falls_back_to_the_previous_version_and_tries_the_new_one_again_later()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        var (rejected, works) = (provider.Current, provider.Credentials.Previous[0]);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("v2", provider.Current.VersionId);
            provider.Report(rejected, CredentialOutcome.Rejected);
            provider.Report(works, CredentialOutcome.Accepted);
        }

        Assert.Equal("v1", provider.Current.VersionId);
        Assert.Equal(CredentialStage.Pending, rejected.Stage);
        Assert.Contains(engine.Log.Collector.GetSnapshot(), record => record.Id.Id == 103);
        await engine.SettleAsync();
        await engine.AdvanceAsync(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10));
        Assert.Equal("v2", provider.Current.VersionId);
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        Assert.Equal("v2", provider.Current.VersionId);
    }

    [Fact]
    public async Task Without_a_working_previous_version_rejections_do_not_take_the_current_one_away()
    {
        var (engine, provider) = await Engine.StartAsync(new ScriptedBackend().Put("v1", "one"));
        await using var _ = engine;

        for (var i = 0; i < 10; i++)
        {
            provider.Report(provider.Current, CredentialOutcome.Rejected);
        }

        Assert.Equal("v1", provider.Current.VersionId);
    }

    [Fact]
    public async Task Labels_swapped_back_roll_back()
    {
        var backend = new ScriptedBackend().Put("v1", "one", VersionLabel.Current).Put("v2", "two", VersionLabel.Pending);
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        Assert.Equal("v1", provider.Current.VersionId);

        backend.Put("v1", "one", VersionLabel.Previous).Put("v2", "two", VersionLabel.Current);
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        Assert.Equal("v2", provider.Current.VersionId);
        backend.Put("v1", "one", VersionLabel.Current).Put("v2", "two", VersionLabel.Previous);
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);

        Assert.Equal("v1", provider.Current.VersionId);
        Assert.Contains(engine.Log.Collector.GetSnapshot(), record => record.Id.Id == 102);
    }

    [Fact]
    public async Task A_version_waits_for_its_not_before_and_the_clock_skew_while_another_is_presented()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.Put("v2", "two", notBefore: engine.Time.GetUtcNow() + TimeSpan.FromMinutes(20));
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);

        await engine.AdvanceAsync(TimeSpan.FromMinutes(24.9), TimeSpan.FromSeconds(20));
        Assert.Equal("v1", provider.Current.VersionId);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(0.2), TimeSpan.FromSeconds(1));

        Assert.Equal("v2", provider.Current.VersionId);
    }

    [Fact]
    public async Task A_clock_set_back_and_forward_by_a_day_changes_nothing_that_is_in_use()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { Overlap = TimeSpan.FromHours(2) });
        await using var _ = engine;
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        var old = provider.Credentials.Previous[0];

        foreach (var jump in new[] { 1, -1, -1, 1 })
        {
            engine.Time.SetWallClock(TimeSpan.FromDays(jump));
            await engine.AdvanceAsync(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(10));
            Assert.Equal("v2", provider.Current.VersionId);
            Assert.Equal(CredentialStage.Previous, old.Stage);
        }
    }

    [Fact]
    public async Task A_clock_that_jumps_past_an_expiry_takes_the_version_away_until_it_jumps_back()
    {
        var backend = new ScriptedBackend();
        backend.Put("v1", "one", expiresOn: new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;

        engine.Time.SetWallClock(TimeSpan.FromDays(1));
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Throws<CredentialUnavailableException>(() => provider.Current);
        engine.Time.SetWallClock(TimeSpan.FromDays(-1));
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal("v1", provider.Current.VersionId);
    }

    [Fact]
    public async Task Two_rotations_in_one_refresh_keep_both_old_versions_apart()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;

        backend.Put("v2", "two").Put("v3", "three");
        var set = await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);

        Assert.Equal("v3", set.Current!.VersionId);
        Assert.Equal(["v1", "v2"], set.Previous.Select(credential => credential.VersionId).Order());
    }
}
