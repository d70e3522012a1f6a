using Nhi.Rotation.Refreshing;

namespace Nhi.Rotation.Tests.Refreshing;

/// <summary>
/// One credential's refreshes under any order of requests, rejections, signals, failures and time, driven by a list of numbers so that CsCheck can shrink it. It does
/// what the scheduler does with the rules' answers, and knows for everybody who asked what they may not get.
/// </summary>
internal sealed class RefreshWorld
{
    private readonly RefreshPolicy _policy;
    private readonly TimeSpan _longestInterval;
    private readonly List<string> _log = [];

    // Since when somebody waits for a refresh that begins then or later, by the kind of waiting.
    private readonly List<(TimeSpan AskedAt, bool NeedsFresh)> _waiting = [];
    private readonly List<(TimeSpan AskedAt, bool NeedsFresh)> _waitingForNext = [];
    private readonly List<TimeSpan> _rejectionFlights = [];
    private RefreshState _state = RefreshState.DueAt(TimeSpan.Zero);
    private TimeSpan _now;
    private TimeSpan? _flightSince;
    private TimeSpan? _signalledAt;
    private TimeSpan? _rejectedAt;

    public RefreshWorld(int shape)
    {
        var options = new CredentialOptions
        {
            RefreshJitter = (shape & 1) != 0 ? 0.1 : 0,
            RejectionRefreshInterval = TimeSpan.FromSeconds((shape & 2) != 0 ? 10 : 1),
            MaxBackoff = TimeSpan.FromSeconds((shape & 4) != 0 ? 300 : 5),
        };
        _policy = RefreshPolicy.From(options, TimeSpan.FromMinutes(1));
        _longestInterval = _policy.Interval * (1 + _policy.Jitter);
    }

    public int Steps { get; private set; }

    /// <summary>Plays a schedule; null, or the violated sentence with the story that led to it.</summary>
    public string? Play(int[] moves)
    {
        foreach (var move in moves)
        {
            Steps++;
            if ((Act(move % 16, move / 16) ?? Check()) is { } violated)
            {
                return $"{violated}\n{string.Join("\n", _log)}\nat {_now}: {_state}";
            }
        }

        return null;
    }

    private string? Act(int choice, int pick)
    {
        _log.Add($"{_now}: {choice} ({pick})");
        switch (choice)
        {
            case 0:
                return Ask(RefreshReason.Requested);
            case 1:
                return Ask(RefreshReason.Startup);
            case 2 or 3 or 4:
                return Ask(RefreshReason.Rejection);
            case 5:
                RefreshRules.TakeSignal(ref _state, _now);
                _signalledAt = _now;
                return null;
            case 6 or 7 or 8:
                return Land(error: null, pick);
            case 9:
                return Land(new BackendException("x", BackendFailure.Unavailable, "down", "Wait.") { RetryAfter = pick % 3 == 0 ? TimeSpan.FromSeconds(pick) : null }, pick);
            case 10:
                return pick % 2 == 0 ? GoAlong() : TakeLife(pick / 2);
            default:
                return Pass(TimeSpan.FromMilliseconds(choice < 14 ? pick % 1_500 : pick * 20));
        }
    }

    // Time moves as the timer does: never past a moment at which something is due.
    private string? Pass(TimeSpan by)
    {
        for (var end = _now + by; _now < end;)
        {
            _now = _state.RefreshAt > _now && _state.RefreshAt < end ? _state.RefreshAt : end;
            var wasFlying = _state.IsFlying;
            if (RefreshRules.TakeTurn(ref _state, _now, _policy) is { } reason)
            {
                if (wasFlying)
                {
                    return "never two refreshes of one credential at once";
                }

                if (Begin(reason) is { } violated)
                {
                    return violated;
                }
            }
            else if (_state.RefreshAt <= _now)
            {
                return "what is due is begun, or follows what is under way";
            }
        }

        return null;
    }

    private string? Ask(RefreshReason reason)
    {
        var wasFlying = _state.IsFlying;
        var hadFlown = _state.HasFlown;
        var answer = RefreshRules.Ask(ref _state, reason, _now, _policy);
        var asked = (_now, NeedsFresh: reason is not RefreshReason.Startup);
        switch (answer)
        {
            case RefreshAnswer.Launched:
                _waiting.Add(asked);
                return wasFlying ? "never two refreshes of one credential at once" : Begin(reason);
            case RefreshAnswer.Joined:
                _waiting.Add(asked with { NeedsFresh = reason is RefreshReason.Requested });
                return wasFlying ? null : "nobody joins what is not under way";
            case RefreshAnswer.FollowsUp:
                _waitingForNext.Add(asked);
                if (reason is RefreshReason.Rejection && _state.FollowUp is RefreshReason.Rejection)
                {
                    _rejectedAt ??= _now;
                }

                return wasFlying && _state.FollowUp is not null ? null : "who waits for the next refresh has one to wait for";
            case RefreshAnswer.Later:
                _rejectedAt ??= _now;
                return reason is RefreshReason.Rejection ? null : "only rejections are put off";
            default:
                return reason is RefreshReason.Startup && hadFlown && !wasFlying ? null : "only a start is content with the last answer";
        }
    }

    private string? GoAlong()
    {
        var before = _state;
        if (!RefreshRules.TryGoAlong(ref _state, _now, _policy))
        {
            return null;
        }

        return before.IsFlying ? "never two refreshes of one credential at once"
            : before.Failures > 0 ? "what fails does not spoil another one's call"
            : Begin(RefreshReason.Scheduled);
    }

    private string? Begin(RefreshReason reason)
    {
        _flightSince = _now;
        _signalledAt = null;
        _rejectedAt = null;
        if (reason is RefreshReason.Rejection)
        {
            _rejectionFlights.Add(_now);
        }

        return _rejectionFlights is [.., var last, var latest] && latest - last < _policy.RejectionInterval
            ? "a storm of rejections costs at most one refresh an interval"
            : null;
    }

    private string? Land(BackendException? error, int pick)
    {
        if (_flightSince is not { } since)
        {
            return null;
        }

        if (_waiting.Exists(one => one.NeedsFresh && one.AskedAt > since))
        {
            return "who asks after an event never gets an answer that was read before it";
        }

        _waiting.Clear();
        _flightSince = null;
        var failures = _state.Failures;
        var landing = RefreshRules.Land(ref _state, error, _now, _policy, pick % 101 / 100.0);
        if (Wrong(landing, error, failures) is { } violated)
        {
            return violated;
        }

        if (landing.FollowUp is { } reason)
        {
            _waiting.AddRange(_waitingForNext);
            _waitingForNext.Clear();
            return _state.IsFlying ? Begin(reason) : "a refresh that follows is under way";
        }

        return _waitingForNext.Count == 0 ? null : "nobody waits for ever: there is no next refresh";
    }

    private string? TakeLife(int pick)
    {
        var starts = _now - TimeSpan.FromSeconds(pick % 60);
        RefreshRules.TakeLife(ref _state, pick % 5 == 0 ? Life.Endless : new Life(starts, starts + TimeSpan.FromSeconds(pick % 700)), _now, _policy, pick % 11 / 10.0);
        return null;
    }

    // At two thirds of its life, or when a third of what remains has passed: a version that expires is asked about once more before it ends, if there is time for it.
    private bool IsAskedInTime(TimeSpan wait) =>
        _state.Life.EndsAt == TimeSpan.MaxValue || _state.Life.EndsAt <= _now + _policy.MinBackoff || _now + wait < _state.Life.EndsAt;

    private string? Wrong(Landing landing, BackendException? error, int failures)
    {
        var longest = error is null ? _longestInterval : Max(_policy.MaxBackoff, error.RetryAfter.GetValueOrDefault());
        return landing.Wait < TimeSpan.Zero || landing.Wait > longest ? $"a wait of {landing.Wait} is not bounded by {longest}"
            : error?.RetryAfter > landing.Wait ? "a backend's wish for patience is obeyed"
            : error?.RetryAfter is null && !IsAskedInTime(landing.Wait) ? "a version that expires is asked about before"
            : error is null && _state.Life == Life.Endless && landing.Wait < _policy.Interval * (1 - _policy.Jitter) ? "a good answer is not asked for again at once"
            : landing.HasRecovered != (error is null && failures > 0) ? "a recovery is told when failures end, and only then"
            : _state.Failures != (error is null ? 0 : failures + 1) ? "failures are counted in a row"
            : null;
    }

    private string? Check()
    {
        if (_state.IsFlying != _flightSince.HasValue)
        {
            return "what is under way is known to be";
        }

        if (!_state.IsFlying && _state.RefreshAt > _now + Max(_longestInterval, TimeSpan.FromSeconds(6_250)))
        {
            return "nobody is forgotten: without a refresh under way the next one has a time";
        }

        if (_signalledAt is { } signalled && _state.FollowUp is null && _state.RefreshAt > signalled + RefreshRules.MaxSignalSpacing)
        {
            return "a signal is answered within a second, or by the refresh that follows the one under way";
        }

        return !_state.IsFlying && _rejectedAt is { } rejected && _state.RefreshAt > rejected + _policy.RejectionInterval
            ? "a rejection is answered within an interval, unless a refresh is under way"
            : null;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
