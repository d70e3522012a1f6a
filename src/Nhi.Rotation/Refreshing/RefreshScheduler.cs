using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Refreshing;

/// <summary>One lock, one timer and one queue for all credentials: refreshes, wakes, push signals, and the ledger's sweep.</summary>
[SuppressMessage("Security", "CA5394", Justification = "Jitter, not security.")]
internal sealed class RefreshScheduler : IAsyncDisposable, IDisposable
{
    private readonly Lock _gate = new();
    private readonly EngineClock _clock;
    private readonly TimeSpan _sweepInterval;
    private readonly Action<DateTimeOffset> _sweep;
    private readonly RefreshQueue _queue;
    private readonly WorkUnderWay _work;
    private readonly ProbeRunner _probes;
    private readonly BackendWatch _watch;
    private readonly Flights _flights;
    private readonly List<RefreshEntry> _entries = [];
    private readonly Batches _batches;
    private TimeSpan _wallOffset;

    public RefreshScheduler(EngineClock clock, SchedulerSettings settings, CredentialMetrics metrics, EngineLog log, Action<DateTimeOffset> sweep, Func<double>? random = null)
    {
        _clock = clock;
        _sweepInterval = settings.SweepInterval;
        _sweep = sweep;
        _queue = new RefreshQueue(_gate, clock);
        _work = new WorkUnderWay(_gate);
        _batches = new Batches(_gate);
        var chance = random ?? Random.Shared.NextDouble;
        _probes = new ProbeRunner(_gate, clock, _queue, _work, chance);
        _watch = new BackendWatch(_gate, log, TakeSignal);
        var inquiry = new Inquiry(clock, settings.AttemptTimeout, _watch, _probes, metrics);
        _flights = new Flights(_gate, clock, _queue, _work, inquiry, log, settings.MaxConcurrentRefreshes, chance);
    }

    /// <summary>Whether no refresh and no probe is under way.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _work.IsIdle;
            }
        }
    }

    public bool IsStopped
    {
        get
        {
            lock (_gate)
            {
                return _work.IsStopped;
            }
        }
    }

    public void Register(RefreshEntry entry)
    {
        lock (_gate)
        {
            _entries.Add(entry);
            _batches.Add(entry);
            _queue.Put(entry);
            _queue.Arm();
        }
    }

    /// <summary>Starts the timer; everything registered is due. Calling it again does nothing.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_queue.IsStarted || _work.IsStopped)
            {
                return;
            }

            var now = _clock.Now;
            _wallOffset = WallOffset(now);
            _queue.SweepAt = now.Elapsed + _sweepInterval;
            _queue.Start(OnTimer);
        }

        OnTimer();
    }

    /// <summary>Asks for a refresh, or joins one, as the reason demands.</summary>
    public Task<FlightResult> RefreshAsync(RefreshEntry entry, RefreshReason reason)
    {
        lock (_gate)
        {
            // Requests that end while the application stops must not fail for it: what is in use stays in use.
            if (_work.IsStopped)
            {
                return Task.FromResult(new FlightResult(RefreshErrors.Stopped(entry.Name)));
            }

            switch (RefreshRules.Ask(ref entry.Schedule, reason, _clock.Elapsed, entry.Policy))
            {
                case RefreshAnswer.Later:
                    _queue.Put(entry);
                    _queue.Arm();
                    return Task.FromResult(new FlightResult(null));
                case RefreshAnswer.AsLast:
                    return Task.FromResult(new FlightResult(entry.LastError));
                case RefreshAnswer.FollowsUp:
                    return (entry.WaitingForNext ??= NewCompletion()).Task;
                case RefreshAnswer.Launched:
                    _flights.Start(entry, batch: null, reason);
                    break;
                default:
                    break;
            }

            return (entry.Waiting ??= NewCompletion()).Task;
        }
    }

    /// <summary>Somebody heard that the credential may have changed: it is refreshed soon, once for all who say so in the meantime.</summary>
    public void Signal(RefreshEntry entry) => _watch.Signal(entry);

    /// <summary>Something but the timer changed what the credential waits for.</summary>
    public void Reschedule(RefreshEntry entry, NextStep next) => _probes.Follow(entry, next);

    /// <summary>How the last refreshes went.</summary>
    public RefreshHealth ReadHealth(RefreshEntry entry)
    {
        lock (_gate)
        {
            return entry.ReadHealth(_clock.Elapsed);
        }
    }

    /// <summary>Stops the timer, cancels what is under way and waits for it. What is in use stays in use.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!TryStop())
        {
            return;
        }

        await _work.Ended.ConfigureAwait(false);
        Release();
    }

    public void Dispose()
    {
        if (TryStop())
        {
            // Refreshes under way were cancelled; their end is not waited for on a caller's thread.
            _ = _work.Ended.ContinueWith(_ => Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private static TimeSpan WallOffset(Instant now) => TimeSpan.FromTicks(now.Utc.UtcTicks) - now.Elapsed;

    private static TaskCompletionSource<FlightResult> NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool TryStop()
    {
        lock (_gate)
        {
            if (_work.IsStopped)
            {
                return false;
            }

            _queue.Stop();
            _work.Stop();
        }

        _work.Cancel();
        return true;
    }

    private void Release()
    {
        foreach (var entry in _entries)
        {
            entry.Watch?.Dispose();
        }

        _work.Dispose();
    }

    private TimeSpan TakeSignal(RefreshEntry entry)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        if (_work.IsStopped)
        {
            return TimeSpan.Zero;
        }

        var wait = RefreshRules.TakeSignal(ref entry.Schedule, _clock.Elapsed);
        _queue.Put(entry);
        _queue.Arm();
        return wait;
    }

    private void OnTimer()
    {
        var now = _clock.Now;
        List<RefreshEntry> ticks;
        bool sweeps;
        lock (_gate)
        {
            if (_work.IsStopped)
            {
                return;
            }

            _queue.Disarm();
            sweeps = now.Elapsed >= _queue.SweepAt;
            ticks = sweeps && NoticeClockJump(now) ? [.. _entries] : [];
            if (sweeps)
            {
                _queue.SweepAt = now.Elapsed + _sweepInterval;
            }

            ServeDue(now.Elapsed, ticks);
            _queue.Arm();
        }

        foreach (var entry in ticks)
        {
            Reschedule(entry, entry.Tick());
        }

        if (sweeps)
        {
            _sweep(now.Utc);
        }
    }

    private bool NoticeClockJump(Instant now)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        var before = _wallOffset;
        _wallOffset = WallOffset(now);
        return RefreshRules.IsClockJump(before, _wallOffset);
    }

    // Launches whoever is due, and adds those for whom time alone changes something.
    private void ServeDue(TimeSpan now, List<RefreshEntry> ticks)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        while (_queue.TakeDue(now) is { } entry)
        {
            if (entry.WakeAt <= now)
            {
                entry.WakeAt = null;
                ticks.Add(entry);
            }

            if (RefreshRules.TakeTurn(ref entry.Schedule, now, entry.Policy) is { } reason)
            {
                _flights.Start(entry, _batches.TakeAlong(entry, now), reason);
            }

            _queue.Put(entry);
        }
    }
}
