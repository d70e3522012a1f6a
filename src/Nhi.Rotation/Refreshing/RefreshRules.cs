namespace Nhi.Rotation.Refreshing;

/// <summary>
/// When a backend is asked, as pure functions of what is known, what happened and the time. No I/O, no lock, no clock, no chance of their own: schedules are
/// simulated by the hundred thousand in the tests.
/// </summary>
internal static class RefreshRules
{
    // Signals come in bursts (one rename is several file events): wait this long for the rest, longer if they keep coming.
    public static readonly TimeSpan SignalDebounce = TimeSpan.FromMilliseconds(10);
    public static readonly TimeSpan MaxSignalSpacing = TimeSpan.FromSeconds(1);

    // A backend may ask for patience, but not for so much that nobody would ever come back.
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromDays(1);

    // A wall clock that moved this far against the monotonic one was set by hand; dates must be looked at again.
    private static readonly TimeSpan ClockJump = TimeSpan.FromSeconds(1);

    /// <summary>Somebody asks for a refresh.</summary>
    public static RefreshAnswer Ask(ref RefreshState state, RefreshReason reason, TimeSpan now, RefreshPolicy policy)
    {
        if (!state.IsFlying)
        {
            return AskOnGround(ref state, reason, now, policy);
        }

        if (reason is RefreshReason.Rejection && state.FollowUp is not null)
        {
            return RefreshAnswer.FollowsUp;
        }

        if (reason is RefreshReason.Rejection && now >= state.RejectionTurnAt)
        {
            state.RejectionTurnAt = now + policy.RejectionInterval;
            state.FollowUp = reason;
            return RefreshAnswer.FollowsUp;
        }

        // Who asks after an event must not get an answer that was read before it.
        if (reason is RefreshReason.Requested or RefreshReason.Signal)
        {
            state.FollowUp = reason;
            return RefreshAnswer.FollowsUp;
        }

        return RefreshAnswer.Joined;
    }

    /// <summary>The backend, or somebody who knows it, says that the credential may have changed.</summary>
    /// <returns>How long it waits for others to join it.</returns>
    public static TimeSpan TakeSignal(ref RefreshState state, TimeSpan now)
    {
        var spacing = state.SignalSpacing * 2;
        var longer = spacing < MaxSignalSpacing ? spacing : MaxSignalSpacing;
        state.SignalSpacing = now < state.BurstUntil ? longer : SignalDebounce;
        state.BurstUntil = now + (2 * MaxSignalSpacing);
        BringForward(ref state, now + state.SignalSpacing, RefreshReason.Signal);
        return state.SignalSpacing;
    }

    /// <summary>Its time may have come.</summary>
    /// <returns>Why a refresh starts now; <see langword="null"/> if none does.</returns>
    public static RefreshReason? TakeTurn(ref RefreshState state, TimeSpan now, RefreshPolicy policy)
    {
        if (state.RefreshAt > now)
        {
            return null;
        }

        if (!state.IsFlying)
        {
            var reason = state.DueReason;
            Launch(ref state, reason, now, policy);
            return reason;
        }

        // A signal came during a flight, which may have read the backend before what happened.
        state.FollowUp = state.DueReason;
        state.DueReason = RefreshReason.Scheduled;
        state.RefreshAt = TimeSpan.MaxValue;
        return null;
    }

    /// <summary>Another one's refresh starts. Jitter drives apart what could share a call, so whatever is due within its jitter goes along.</summary>
    /// <returns>Whether it goes along.</returns>
    public static bool TryGoAlong(ref RefreshState state, TimeSpan now, RefreshPolicy policy)
    {
        if (state.IsFlying || state.Failures > 0 || state.RefreshAt - now > policy.Interval * policy.Jitter * 2)
        {
            return false;
        }

        Launch(ref state, state.DueReason, now, policy);
        return true;
    }

    /// <summary>The refresh under way ended. If another one follows, it starts.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="error">Its error, or <see langword="null"/>.</param>
    /// <param name="now">The time.</param>
    /// <param name="policy">The numbers.</param>
    /// <param name="random">From 0 to 1: where in its range the wait lies.</param>
    public static Landing Land(ref RefreshState state, BackendException? error, TimeSpan now, RefreshPolicy policy, double random)
    {
        var hasRecovered = error is null && state.Failures > 0;
        state.IsFlying = false;
        state.HasFlown = true;
        state.FailingSince = state.Failures == 0 ? now : state.FailingSince;
        state.Failures = error is null ? 0 : state.Failures + 1;
        state.HasLoaded |= error is null;
        var wait = NextWait(state, error?.RetryAfter, now, policy, random);

        // A signal that came meanwhile stays due when it was, the next scheduled refresh behind it.
        BringForward(ref state, now + wait, RefreshReason.Scheduled);
        var followUp = state.FollowUp;
        if (followUp is { } reason)
        {
            Launch(ref state, reason, now, policy);
        }

        return new Landing(wait, state.HasLoaded, hasRecovered, followUp);
    }

    /// <summary>Another version came into use, or the same one expires at another time.</summary>
    public static void TakeLife(ref RefreshState state, Life life, TimeSpan now, RefreshPolicy policy, double random)
    {
        if (life.IsSameAs(state.Life))
        {
            return;
        }

        // One whose end is put off was renewed: what it has from now on is what counts.
        state.LifeCountsFrom = life.IsLongerThan(state.Life) ? now : life.StartsAt;
        state.Life = life;
        if (!state.IsFlying && state.Failures == 0 && AheadOfExpiry(state, now, policy, random) is { } wait)
        {
            BringForward(ref state, now + wait, RefreshReason.Scheduled);
        }
    }

    /// <summary>Whether the wall clock was set since the last look.</summary>
    /// <param name="before">How far it was ahead of the monotonic clock then.</param>
    /// <param name="after">How far it is now.</param>
    public static bool IsClockJump(TimeSpan before, TimeSpan after) => (after - before).Duration() > ClockJump;

    // Until it lands, only a signal makes the credential due again.
    private static void Launch(ref RefreshState state, RefreshReason reason, TimeSpan now, RefreshPolicy policy)
    {
        state.RejectionTurnAt = reason is RefreshReason.Rejection ? now + policy.RejectionInterval : state.RejectionTurnAt;
        state.IsFlying = true;
        state.FollowUp = null;
        state.DueReason = RefreshReason.Scheduled;
        state.RefreshAt = TimeSpan.MaxValue;
    }

    private static RefreshAnswer AskOnGround(ref RefreshState state, RefreshReason reason, TimeSpan now, RefreshPolicy policy)
    {
        if (reason is RefreshReason.Startup && state.HasFlown)
        {
            return RefreshAnswer.AsLast;
        }

        // The first rejection asks at once; later ones wait for the interval and then share one refresh.
        if (reason is RefreshReason.Rejection && now < state.RejectionTurnAt)
        {
            BringForward(ref state, state.RejectionTurnAt, reason);
            return RefreshAnswer.Later;
        }

        Launch(ref state, reason, now, policy);
        return RefreshAnswer.Launched;
    }

    // A version that expires is replaced in time: a newer one is asked for at a share of its life, by chance a little earlier; if there is none yet, again and again
    // after a part of what remains. The same behind its end: ever less often, for as long as there is no other.
    private static TimeSpan? AheadOfExpiry(in RefreshState state, TimeSpan now, RefreshPolicy policy, double random)
    {
        var (life, from) = (state.Life, state.LifeCountsFrom);
        if (life.EndsAt == TimeSpan.MaxValue || policy.LifeFraction >= 1)
        {
            return null;
        }

        var turn = from + ((life.EndsAt - from) * (policy.LifeFraction - (policy.Jitter * random * policy.LifeFraction)));
        if (turn > now)
        {
            return turn - now;
        }

        var part = (life.EndsAt - now).Duration() * (1 - policy.LifeFraction);
        return part > policy.MinBackoff ? part : policy.MinBackoff;
    }

    private static void BringForward(ref RefreshState state, TimeSpan to, RefreshReason reason)
    {
        if (to < state.RefreshAt)
        {
            state.RefreshAt = to;
            state.DueReason = reason;
        }
    }

    private static TimeSpan NextWait(in RefreshState state, TimeSpan? retryAfter, TimeSpan now, RefreshPolicy policy, double random)
    {
        var wait = state.Failures == 0
            ? policy.Interval * (1 + (policy.Jitter * ((2 * random) - 1)))
            : Backoff.Next(policy.MinBackoff, policy.MaxBackoff, state.Failures, random);
        wait = AheadOfExpiry(state, now, policy, random) is { } ahead && ahead < wait ? ahead : wait;
        var wanted = retryAfter.GetValueOrDefault();
        var patience = wanted < MaxRetryAfter ? wanted : MaxRetryAfter;
        return patience > wait ? patience : wait;
    }
}
