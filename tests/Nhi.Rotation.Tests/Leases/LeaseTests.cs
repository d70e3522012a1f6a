using Nhi.Rotation.Leases;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Leases;

/// <summary>A lease that nobody in the process uses any more is given back; one that somebody may use is not.</summary>
public sealed class LeaseTests
{
    private const int GivenBack = 145;
    private const int NotGivenBack = 146;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replaced_lease_that_is_proven_unused_is_given_back_and_no_other()
    {
        var (engine, provider, store) = await StartAsync();
        await using var _ = engine;
        Use(provider);
        await RotateAsync(engine, provider, store, "v2");
        Use(provider);

        await engine.AdvanceAsync(9 * Second);
        Assert.Empty(store.Returned);
        await engine.AdvanceAsync(4 * Second);

        Assert.Equal(["v1"], store.Returned);
        Assert.Equal("v2", provider.Current.VersionId);
        Assert.Contains(engine.Log.Collector.GetSnapshot(), static line => line.Id.Id == GivenBack && line.Message.Contains("'v1'", StringComparison.Ordinal));
        Assert.Equal(["v2"], provider.Credentials.Presentable.Select(static version => version.VersionId));
    }

    [Fact]
    public async Task One_that_is_held_stays_until_the_hold_ends()
    {
        var (engine, provider, store) = await StartAsync();
        await using var _ = engine;
        var hold = provider.Current.Hold();
        await RotateAsync(engine, provider, store, "v2");
        Use(provider);
        await engine.AdvanceAsync(15 * Second);
        Assert.Empty(store.Returned);

        hold.Dispose();
        await engine.AdvanceAsync(11 * Second);

        Assert.Equal(["v1"], store.Returned);
    }

    [Fact]
    public async Task One_whose_user_was_not_seen_on_a_newer_one_stays()
    {
        var (engine, provider, store) = await StartAsync();
        await using var _ = engine;
        provider.ForConsumer("nightly").Current.Reveal();
        await RotateAsync(engine, provider, store, "v2");
        Use(provider);

        await engine.AdvanceAsync(25 * Second);

        Assert.Empty(store.Returned);
    }

    [Fact]
    public async Task One_stays_until_the_newer_one_is_accepted()
    {
        var (engine, provider, store) = await StartAsync();
        await using var _ = engine;
        Use(provider);
        await RotateAsync(engine, provider, store, "v2");
        provider.Current.Reveal();
        await engine.AdvanceAsync(15 * Second);
        Assert.Empty(store.Returned);

        Use(provider);
        await engine.AdvanceAsync(2 * Second);

        Assert.Equal(["v1"], store.Returned);
    }

    [Fact]
    public async Task One_that_is_used_after_its_end_is_not_touched()
    {
        var (engine, provider, store) = await StartAsync(overlap: 2 * Second);
        await using var _ = engine;
        var old = provider.Current;
        Use(provider);
        await RotateAsync(engine, provider, store, "v2");
        Use(provider);
        await engine.AdvanceAsync(3 * Second);
        old.Reveal();

        await engine.AdvanceAsync(20 * Second);

        Assert.Equal(["v2"], provider.Credentials.Presentable.Select(static version => version.VersionId));
        Assert.Empty(store.Returned);
    }

    [Fact]
    public async Task A_compromised_one_goes_at_once_and_a_new_one_is_asked_for_after_that()
    {
        var (engine, provider, store) = await StartAsync();
        await using var _ = engine;
        Use(provider);
        store.OnReturn = id => Put(engine, store, "v2");

        await provider.RevokeAsync("v1", "leaked", Ct);

        Assert.Equal(["v1"], store.Returned);
        Assert.Equal("v2", provider.Current.VersionId);
    }

    [Fact]
    public async Task All_are_given_back_at_the_end_also_those_in_use()
    {
        var (engine, provider, store) = await StartAsync();
        using var hold = provider.Current.Hold();
        await RotateAsync(engine, provider, store, "v2");

        await engine.DisposeAsync();

        Assert.Equal(["v1", "v2"], store.Returned.Order());
    }

    [Fact]
    public async Task What_a_store_does_not_take_back_at_the_end_is_not_tried_twice_and_nobody_is_told_that_it_will_be()
    {
        var (engine, _, store) = await StartAsync();
        store.RevokeFails = new BackendException("stripe", BackendFailure.Unavailable, "the store is away", "Wait.");

        await engine.DisposeAsync();
        await engine.DisposeAsync();

        Assert.Equal(1, store.Attempts);
        var told = Assert.Single(engine.Log.Collector.GetSnapshot(), static line => line.Id.Id == NotGivenBack);
        Assert.EndsWith("the store is away. Wait. The application stops, so it ends by its time.", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_ended_by_itself_is_not_given_back()
    {
        var (engine, provider, store) = await StartAsync();
        await RotateAsync(engine, provider, store, "v2");
        await engine.AdvanceAsync(31 * Second);

        await engine.DisposeAsync();

        Assert.Equal(["v2"], store.Returned);
    }

    [Fact]
    public async Task A_store_that_fails_is_asked_again_with_longer_pauses_and_its_error_is_logged_once_each_time()
    {
        var (engine, provider, store) = await StartAsync();
        await using var _ = engine;
        Use(provider);
        store.RevokeFails = new BackendException("stripe", BackendFailure.AccessDenied, "the token may not revoke", "Extend its policy.");
        await RotateAsync(engine, provider, store, "v2");
        Use(provider);
        await engine.AdvanceAsync(18 * Second);
        var attempts = store.Attempts;
        store.RevokeFails = null;
        await engine.AdvanceAsync(8 * Second);

        Assert.InRange(attempts, 2, 4);
        Assert.Equal(["v1"], store.Returned);
        var told = engine.Log.Collector.GetSnapshot().Where(static line => line.Id.Id == NotGivenBack).ToArray();
        Assert.InRange(told.Length, attempts, attempts + 1);
        Assert.Contains("the token may not revoke. Extend its policy.", told[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_an_unexpected_error_only_the_type_is_told()
    {
        var (engine, _, store) = await StartAsync();
        store.RevokeFails = new InvalidOperationException("with the-value");

        await engine.DisposeAsync();

        var told = Assert.Single(engine.Log.Collector.GetSnapshot(), static line => line.Id.Id == NotGivenBack);
        Assert.Contains("InvalidOperationException", told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the-value", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Versions_that_others_share_are_never_given_back()
    {
        var store = new LessorBackend { OwnsVersions = false };
        var engine = new Engine(Engine.Credential(store));
        Put(engine, store, "v1");
        var provider = engine["stripe"];
        await provider.GetCurrentAsync(Ct);
        await engine.SettleAsync();
        Use(provider);
        await RotateAsync(engine, provider, store, "v2");
        Use(provider);
        await engine.AdvanceAsync(20 * Second);
        await provider.RevokeAsync("v1", "leaked", Ct);

        await engine.DisposeAsync();

        Assert.Equal(0, store.Attempts);
    }

    [Theory]
    [InlineData(60, 30, 10)]
    [InlineData(5, 30, 5)]
    [InlineData(60, 3000, 60)]
    [InlineData(60, -1, 0)]
    [InlineData(60, null, 60)]
    public void The_quiet_period_is_a_third_of_what_the_lease_had_left_when_it_was_replaced(int wanted, int? left, int expected)
    {
        var now = DateTimeOffset.UnixEpoch;

        Assert.Equal(TimeSpan.FromSeconds(expected), LeaseRules.QuietPeriod(TimeSpan.FromSeconds(wanted), now, left is { } seconds ? now.AddSeconds(seconds) : null));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(5, 32)]
    [InlineData(6, 60)]
    [InlineData(1000, 60)]
    public void Pauses_double_up_to_a_minute(int failures, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), LeaseRules.Pause(failures));

    [Fact]
    public void A_lease_is_judged_by_a_minute_of_quiet_at_most()
    {
        var leased = Engine.Credential(new LessorBackend());
        var shared = Engine.Credential(new LessorBackend { OwnsVersions = false });

        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)), (leased.Rules.Terms.QuietPeriod, shared.Rules.Terms.QuietPeriod));
    }

    [Fact]
    public async Task A_lease_whose_end_is_put_off_is_asked_about_at_two_thirds_of_what_it_has_then()
    {
        var store = new LessorBackend();
        await using var engine = new Engine(Engine.Credential(store, options: new CredentialOptions { RefreshJitter = 0, RefreshInterval = TimeSpan.FromHours(1) }));
        var created = engine.Time.GetUtcNow();
        store.Put("v1", "value-v1", createdOn: created, expiresOn: created + (30 * Second));
        await engine["stripe"].GetCurrentAsync(Ct);
        var asked = new List<int>();
        for (var second = 1; second <= 80; second++)
        {
            var before = store.Calls;
            store.Put("v1", "value-v1", createdOn: created, expiresOn: created + TimeSpan.FromSeconds(asked.Count == 0 ? 30 + 20 : 30 + 20 + (20 * asked.Count)));
            await engine.AdvanceAsync(Second);
            if (store.Calls > before)
            {
                asked.Add(second);
            }
        }

        // 0 to 30 s; put off to 50 s at 21 s, and so on: each time after two thirds of what it has.
        Assert.Equal([21, 41, 61], asked.Take(3));
    }

    private static async Task<(Engine Engine, IRotatingCredentialProvider Provider, LessorBackend Store)> StartAsync(TimeSpan? overlap = null)
    {
        var store = new LessorBackend();
        var options = new CredentialOptions { QuietPeriod = 10 * Second };
        options.Overlap = overlap ?? options.Overlap;
        var engine = new Engine(Engine.Credential(store, options: options));
        Put(engine, store, "v1");
        await engine["stripe"].GetCurrentAsync(Ct);
        await engine.SettleAsync();
        return (engine, engine["stripe"], store);
    }

    // For half a minute.
    private static void Put(Engine engine, LessorBackend store, string id) =>
        store.Put(id, $"value-{id}", createdOn: engine.Time.GetUtcNow(), expiresOn: engine.Time.GetUtcNow() + (id == "v1" ? 30 * Second : 90 * Second));

    private static void Use(IRotatingCredentialProvider provider)
    {
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
    }

    private static async Task RotateAsync(Engine engine, IRotatingCredentialProvider provider, LessorBackend store, string id)
    {
        Put(engine, store, id);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await engine.SettleAsync();
    }
}
