using CsCheck;
using Nhi.Rotation.Refreshing;

namespace Nhi.Rotation.Tests.Refreshing;

public sealed class RefreshRulesTests
{
    private static readonly RefreshPolicy Policy = RefreshPolicy.From(new CredentialOptions { RefreshJitter = 0.1 }, TimeSpan.FromMinutes(5));

    [Fact]
    public void A_hundred_thousand_random_schedules_keep_the_invariants()
    {
        var steps = 0L;
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 100_000].Array[1, 60]).Sample(
            (shape, moves) =>
            {
                var world = new RefreshWorld(shape);
                var violated = world.Play(moves);
                Interlocked.Add(ref steps, world.Steps);
                Assert.True(violated is null, violated);
            },
            iter: 100_000);
        Assert.True(steps > 1_000_000, $"only {steps} steps were taken");
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(9_999, false)]
    [InlineData(10_000, true)]
    public void A_rejection_asks_again_when_the_interval_is_over_and_not_a_moment_before(int milliseconds, bool asks)
    {
        var state = Landed(TimeSpan.Zero);
        Assert.Equal(RefreshAnswer.Launched, RefreshRules.Ask(ref state, RefreshReason.Rejection, TimeSpan.Zero, Policy));
        RefreshRules.Land(ref state, null, TimeSpan.Zero, Policy, 0.5);

        var answer = RefreshRules.Ask(ref state, RefreshReason.Rejection, TimeSpan.FromMilliseconds(milliseconds), Policy);

        Assert.Equal(asks ? RefreshAnswer.Launched : RefreshAnswer.Later, answer);
        Assert.Equal(asks ? TimeSpan.MaxValue : TimeSpan.FromSeconds(10), state.RefreshAt);
    }

    [Fact]
    public void A_rejection_during_a_refresh_that_began_before_it_is_answered_by_the_next_one_and_others_join_that()
    {
        var state = Landed(TimeSpan.Zero);
        RefreshRules.Ask(ref state, RefreshReason.Requested, TimeSpan.Zero, Policy);

        var first = RefreshRules.Ask(ref state, RefreshReason.Rejection, TimeSpan.FromSeconds(1), Policy);
        var second = RefreshRules.Ask(ref state, RefreshReason.Rejection, TimeSpan.FromSeconds(2), Policy);
        var landing = RefreshRules.Land(ref state, null, TimeSpan.FromSeconds(3), Policy, 0.5);
        var third = RefreshRules.Ask(ref state, RefreshReason.Rejection, TimeSpan.FromSeconds(4), Policy);

        Assert.Equal(RefreshAnswer.FollowsUp, first);
        Assert.Equal(RefreshAnswer.FollowsUp, second);
        Assert.Equal(RefreshReason.Rejection, landing.FollowUp);
        Assert.Equal(RefreshAnswer.Joined, third);
    }

    [Theory]
    [InlineData(0, 0, 402)]
    [InlineData(0, 1, 361.8)]
    [InlineData(402, 0, 65.34)]
    [InlineData(599, 0, 1)]
    [InlineData(600, 0, 1)]
    [InlineData(610, 0, 3.3)]
    public void A_version_that_expires_is_asked_for_at_two_thirds_of_its_life_and_then_more_often(int age, double random, double wait)
    {
        // Ten minutes, and an interval that is longer.
        var policy = RefreshPolicy.From(new CredentialOptions { RefreshInterval = TimeSpan.FromHours(1) }, backendInterval: null);
        var state = Landed(TimeSpan.Zero);
        RefreshRules.Ask(ref state, RefreshReason.Requested, TimeSpan.Zero, policy);
        RefreshRules.TakeLife(ref state, new Life(TimeSpan.Zero, TimeSpan.FromMinutes(10)), TimeSpan.Zero, policy, random: 0);

        var landing = RefreshRules.Land(ref state, null, TimeSpan.FromSeconds(age), policy, random);

        Assert.Equal(TimeSpan.FromSeconds(wait), landing.Wait);
    }

    [Fact]
    public void A_version_that_came_into_use_between_two_refreshes_brings_the_next_one_forward()
    {
        var state = Landed(TimeSpan.Zero);
        RefreshRules.TakeLife(ref state, new Life(TimeSpan.Zero, TimeSpan.FromSeconds(100)), TimeSpan.FromSeconds(10), Policy, random: 0);

        Assert.Equal(TimeSpan.FromSeconds(67), state.RefreshAt);
    }

    [Fact]
    public void A_share_of_one_leaves_it_to_the_interval()
    {
        var policy = RefreshPolicy.From(new CredentialOptions { RefreshAtLifeFraction = 1, RefreshJitter = 0 }, TimeSpan.FromMinutes(5));
        var state = Landed(TimeSpan.Zero);
        RefreshRules.TakeLife(ref state, new Life(TimeSpan.Zero, TimeSpan.FromSeconds(100)), TimeSpan.Zero, policy, random: 0);
        RefreshRules.Ask(ref state, RefreshReason.Requested, TimeSpan.Zero, policy);

        Assert.Equal(TimeSpan.FromMinutes(5), RefreshRules.Land(ref state, null, TimeSpan.Zero, policy, random: 0).Wait);
    }

    [Theory]
    [InlineData(1_999, 20)]
    [InlineData(2_000, 10)]
    public void Signals_within_two_seconds_wait_twice_as_long(int gap, int spacing)
    {
        var state = Landed(TimeSpan.Zero);
        RefreshRules.TakeSignal(ref state, TimeSpan.Zero);
        Assert.Equal(TimeSpan.FromMilliseconds(10), state.SignalSpacing);

        RefreshRules.TakeSignal(ref state, TimeSpan.FromMilliseconds(gap));

        Assert.Equal(TimeSpan.FromMilliseconds(spacing), state.SignalSpacing);
    }

    [Fact]
    public void A_backend_that_asks_for_patience_for_ever_gets_a_day()
    {
        var state = Landed(TimeSpan.Zero);
        RefreshRules.Ask(ref state, RefreshReason.Requested, TimeSpan.Zero, Policy);

        var landing = RefreshRules.Land(
            ref state, new BackendException("x", BackendFailure.Throttled, "too much", "Wait.") { RetryAfter = TimeSpan.MaxValue }, TimeSpan.Zero, Policy, 1);

        Assert.Equal(TimeSpan.FromDays(1), landing.Wait);
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0, 1, true)]
    [InlineData(1, 0, true)]
    public void What_is_due_within_twice_its_jitter_goes_along(int flying, int later, bool staysBehind)
    {
        var state = Landed(TimeSpan.Zero);
        if (flying == 1)
        {
            RefreshRules.Ask(ref state, RefreshReason.Requested, TimeSpan.Zero, Policy);
        }

        // Due after 5 min; twice a tenth of them is 1 min.
        var now = TimeSpan.FromMinutes(4) - TimeSpan.FromTicks(later);

        Assert.Equal(!staysBehind, RefreshRules.TryGoAlong(ref state, now, Policy));
    }

    [Theory]
    [InlineData(1_000, false)]
    [InlineData(1_001, true)]
    [InlineData(-1_000, false)]
    [InlineData(-1_001, true)]
    public void A_clock_that_moved_by_more_than_a_second_was_set(int milliseconds, bool isJump) =>
        Assert.Equal(isJump, RefreshRules.IsClockJump(TimeSpan.FromHours(1), TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(milliseconds)));

    private static RefreshState Landed(TimeSpan now)
    {
        var state = RefreshState.DueAt(now);
        RefreshRules.TakeTurn(ref state, now, Policy);
        RefreshRules.Land(ref state, null, now, Policy, 0.5);
        return state;
    }
}
