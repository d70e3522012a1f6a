using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Refreshing;

/// <summary>One timer and one queue for all credentials: refreshes, wakes, push signals, and the ledger's sweep.</summary>
[SuppressMessage("Security", "CA5394", Justification = "Jitter, not security.")]
internal sealed class RefreshScheduler : IAsyncDisposable, IDisposable
{
    // Signals come in bursts (one rename is several file events): wait this long for the rest, longer if they keep coming.
    private static readonly TimeSpan SignalDebounce = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxSignalSpacing = TimeSpan.FromSeconds(1);

    // A wall clock that moved this far against the monotonic one was set by hand; dates must be looked at again.
    private static readonly TimeSpan ClockJump = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly EngineClock _clock;
    private readonly BackendCaller _caller;
    private readonly CredentialMetrics _metrics;
    private readonly EngineLog _log;
    private readonly TimeSpan _sweepInterval;
    private readonly Action<DateTimeOffset> _sweep;
    private readonly Func<double> _random;
    private readonly SemaphoreSlim _slots;
    private readonly List<RefreshEntry> _entries = [];
    private readonly Dictionary<ICredentialBackend, List<RefreshEntry>> _byBatch = new(ReferenceEqualityComparer.Instance);
    private readonly PriorityQueue<RefreshEntry, TimeSpan> _queue = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ITimer? _timer;
    private TimeSpan _nextSweep;
    private TimeSpan _wallOffset;
    private int _running;
    private bool _stopped;

    public RefreshScheduler(EngineClock clock, SchedulerSettings settings, CredentialMetrics metrics, EngineLog log, Action<DateTimeOffset> sweep, Func<double>? random = null)
    {
        _clock = clock;
        _caller = new BackendCaller(clock.Time, settings.AttemptTimeout);
        _metrics = metrics;
        _log = log;
        _sweepInterval = settings.SweepInterval;
        _sweep = sweep;
        _random = random ?? Random.Shared.NextDouble;
        _slots = new SemaphoreSlim(settings.MaxConcurrentRefreshes);
    }

    /// <summary>Whether no refresh and no probe is under way.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _running == 0;
            }
        }
    }

    public bool IsStopped
    {
        get
        {
            lock (_gate)
            {
                return _stopped;
            }
        }
    }

    public RefreshEntry Register(IRefreshTarget target)
    {
        var entry = new RefreshEntry(target);
        lock (_gate)
        {
            _entries.Add(entry);
            if (target.Backend is IBatchCredentialBackend)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_byBatch, target.Backend, out _) ??= [];
                _byBatch[target.Backend].Add(entry);
            }

            entry.RefreshAt = _clock.Elapsed;
            Enqueue(entry);
            if (_timer is not null)
            {
                Arm();
            }
        }

        return entry;
    }

    /// <summary>Starts the timer; everything registered is due. Calling it again does nothing.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_timer is not null || _stopped)
            {
                return;
            }

            var now = _clock.Now;
            _wallOffset = WallOffset(now);
            _nextSweep = now.Elapsed + _sweepInterval;

            // Whoever comes first must not become the parent of every later refresh's trace.
            using IDisposable? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
            _timer = _clock.Time.CreateTimer(static state => ((RefreshScheduler)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        OnTimer();
    }

    /// <summary>Asks for a refresh, or joins one, as the reason demands.</summary>
    public Task<FlightResult> RefreshAsync(RefreshEntry entry, RefreshReason reason)
    {
        lock (_gate)
        {
            // Requests that end while the application stops must not fail for it: what is in use stays in use.
            if (_stopped)
            {
                return Task.FromResult(new FlightResult(Stopped(entry.Target.Name)));
            }

            if (reason is RefreshReason.Rejection && !TakeRejectionTurn(entry))
            {
                return Task.FromResult(new FlightResult(null));
            }

            if (reason is RefreshReason.Startup && entry is { HasFlown: true, Flight: null })
            {
                return Task.FromResult(new FlightResult(entry.LastError));
            }

            if (entry.Flight is null)
            {
                return Launch([entry], reason)[0];
            }

            // Who asks after an event must not get an answer that was read before it.
            if (reason is RefreshReason.Requested or RefreshReason.Signal)
            {
                entry.FollowUp ??= NewCompletion();
                entry.FollowUpReason = reason;
                return entry.FollowUp.Task;
            }

            return entry.Flight.Task;
        }
    }

    /// <summary>Somebody heard that the credential may have changed: it is refreshed soon, once for all who say so in the meantime.</summary>
    public void Signal(RefreshEntry entry)
    {
        lock (_gate)
        {
            TakeSignal(entry);
        }
    }

    /// <summary>Something but the timer changed what the credential waits for.</summary>
    public void Reschedule(RefreshEntry entry, NextStep next)
    {
        Take(entry, next);
        StartProbes(entry, next);
        StartProofs(entry);
    }

    /// <summary>How the last refreshes went.</summary>
    public RefreshHealth ReadHealth(RefreshEntry entry)
    {
        lock (_gate)
        {
            return entry.LastError is { } error ? new RefreshHealth(error, entry.Failures, _clock.Elapsed - entry.FailingSince) : default;
        }
    }

    /// <summary>Stops the timer, cancels what is under way and waits for it. What is in use stays in use.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!TryStop())
        {
            return;
        }

        await _idle.Task.ConfigureAwait(false);
        Release();
    }

    public void Dispose()
    {
        if (TryStop())
        {
            // Refreshes under way were cancelled; their end is not waited for on a caller's thread.
            _ = _idle.Task.ContinueWith(_ => Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private static TimeSpan WallOffset(Instant now) => TimeSpan.FromTicks(now.Utc.UtcTicks) - now.Elapsed;

    private static TaskCompletionSource<FlightResult> NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool TryStop()
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return false;
            }

            _stopped = true;
            _timer?.Dispose();
            if (_running == 0)
            {
                _idle.TrySetResult();
            }
        }

        _stopping.Cancel();
        return true;
    }

    // Under the lock. What is under way when the scheduler stops is waited for.
    private void EndWork()
    {
        if (--_running == 0 && _stopped)
        {
            _idle.TrySetResult();
        }
    }

    private void Release()
    {
        foreach (var entry in _entries)
        {
            entry.Watch?.Dispose();
        }

        _stopping.Dispose();
        _slots.Dispose();
    }

    // Under the lock.
    private void Enqueue(RefreshEntry entry)
    {
        var due = entry.NextDue;
        if (entry.QueuedAt != due)
        {
            entry.QueuedAt = due;
            _queue.Enqueue(entry, due);
        }
    }

    // Under the lock.
    private void Arm()
    {
        while (_queue.TryPeek(out var entry, out var due) && entry.QueuedAt != due)
        {
            _queue.Dequeue();
        }

        var next = _queue.TryPeek(out _, out var first) && first < _nextSweep ? first : _nextSweep;
        var delay = next - _clock.Elapsed;
        if (!_stopped)
        {
            _timer?.Change(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTimer()
    {
        List<RefreshEntry>? ticks = null;
        Instant now;
        bool sweep;
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }

            now = _clock.Now;
            sweep = now.Elapsed >= _nextSweep;
            if (sweep)
            {
                _nextSweep = now.Elapsed + _sweepInterval;
                ticks = NoticeClockJump(now);
            }

            List<RefreshEntry>? dues = null;
            while (_queue.TryPeek(out var entry, out var due) && due <= now.Elapsed)
            {
                _queue.Dequeue();
                if (entry.QueuedAt != due)
                {
                    continue;
                }

                entry.QueuedAt = null;
                if (entry.WakeAt <= now.Elapsed)
                {
                    entry.WakeAt = null;
                    (ticks ??= []).Add(entry);
                }

                (dues ??= []).Add(entry);
            }

            foreach (var entry in dues ?? [])
            {
                LaunchIfDue(entry, now.Elapsed);
                Enqueue(entry);
            }

            Arm();
        }

        foreach (var entry in ticks ?? [])
        {
            Reschedule(entry, entry.Target.Tick());
        }

        if (sweep)
        {
            _sweep(now.Utc);
        }
    }

    // Under the lock.
    private List<RefreshEntry>? NoticeClockJump(Instant now)
    {
        var offset = WallOffset(now);
        var jumped = (offset - _wallOffset).Duration() > ClockJump;
        _wallOffset = offset;
        return jumped ? [.. _entries] : null;
    }

    // Under the lock.
    private void LaunchIfDue(RefreshEntry entry, TimeSpan now)
    {
        if (entry.RefreshAt > now)
        {
            return;
        }

        if (entry.Flight is null)
        {
            Launch(entry.Target.Backend is IBatchCredentialBackend batch ? Companions(entry, batch, now) : [entry], entry.DueReason);
            return;
        }

        // A signal or a rejection came during a flight, which may have read the backend before what happened.
        entry.FollowUp ??= NewCompletion();
        entry.FollowUpReason = entry.DueReason;
        entry.DueReason = RefreshReason.Scheduled;
        entry.RefreshAt = TimeSpan.MaxValue;
    }

    // Under the lock. Jitter drives apart what could share a call, so whatever is due within its jitter comes along.
    private RefreshEntry[] Companions(RefreshEntry first, IBatchCredentialBackend batch, TimeSpan now)
    {
        var others = _byBatch[batch].Where(entry =>
            entry != first && entry.Flight is null && entry.Failures == 0 && entry.RefreshAt - now <= entry.Target.Policy.Interval * entry.Target.Policy.Jitter * 2);
        return [first, .. others.Take(Math.Max(1, batch.MaxBatchSize) - 1)];
    }

    // Under the lock.
    private Task<FlightResult>[] Launch(RefreshEntry[] entries, RefreshReason reason)
    {
        var tasks = new Task<FlightResult>[entries.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = entries[i];
            entry.Flight = entry.FollowUp ?? NewCompletion();
            entry.FollowUp = null;
            entry.DueReason = RefreshReason.Scheduled;

            // Set anew when the flight lands; until then only a signal or a rejection makes it due.
            entry.RefreshAt = TimeSpan.MaxValue;
            tasks[i] = entry.Flight.Task;
        }

        _running++;
        _ = Task.Run(() => FlyAsync(entries, reason), CancellationToken.None);
        return tasks;
    }

    private async Task FlyAsync(RefreshEntry[] entries, RefreshReason reason)
    {
        var ct = _stopping.Token;
        BackendException?[] errors;
        try
        {
            await _slots.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                errors = await AskAsync(entries, reason, ct).ConfigureAwait(false);
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (OperationCanceledException)
        {
            errors = [.. entries.Select(entry => Stopped(entry.Target.Name))];
        }
#pragma warning disable CA1031 // Whatever it is, those who wait must not wait for ever, and the next refresh must come.
        catch (Exception error)
#pragma warning restore CA1031
        {
            errors = [.. entries.Select(entry => Unexpected(entry.Target.Name, error))];
        }

        for (var i = 0; i < entries.Length; i++)
        {
            Land(entries[i], errors[i]);
        }

        lock (_gate)
        {
            EndWork();
        }
    }

    private static BackendException Unexpected(string name, Exception error) =>
        new(name, BackendFailure.InvalidContent, $"the answer could not be taken in: {error.GetType().FullName}", "Check that the backend returns no null in its listing; else report this as a defect.");

    private static BackendException Stopped(string name) =>
        new(name, BackendFailure.Unavailable, "nothing is refreshed any more because the application is stopping", "Nothing needs to be done.");

    private async Task<BackendException?[]> AskAsync(RefreshEntry[] entries, RefreshReason reason, CancellationToken ct)
    {
        var started = _clock.Elapsed;
        using var activity = CredentialActivities.StartRefresh(entries is [var only] ? only.Target.Name : null, reason, entries.Length);
        var errors = new BackendException?[entries.Length];
        var requests = new BackendRequest[entries.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            Watch(entries[i]);
            requests[i] = entries[i].Target.NewRequest();
        }

        IReadOnlyList<BackendResult> results;
        try
        {
            results = entries is [var single]
                ? [new BackendResult(await _caller.ListAsync(single.Target.Backend, requests[0], ct).ConfigureAwait(false))]
                : await _caller.ListManyAsync((IBatchCredentialBackend)entries[0].Target.Backend, requests, ct).ConfigureAwait(false);
        }
        catch (BackendException error)
        {
            results = [.. requests.Select(_ => new BackendResult(error))];
        }

        for (var i = 0; i < entries.Length; i++)
        {
            var result = i < results.Count
                ? results[i]
                : new BackendResult(new BackendException(requests[i].CredentialName, BackendFailure.InvalidContent, "the backend's batch has fewer results than requests", "Fix the backend: one result a request, in order."));
            errors[i] = await TakeAsync(entries[i], result, ct).ConfigureAwait(false);
            if (errors[i] is { } error)
            {
                activity.SetFailure(error.Failure);
            }

            _metrics.Refreshed(entries[i].Target.Name, reason, errors[i]?.Failure, _clock.Elapsed - started);
        }

        return errors;
    }

    // A new one: a batch fails as one, but each credential's error must name that credential; and what a backend put into Data is not kept.
    private static BackendException ErrorFor(RefreshEntry entry, BackendException error) =>
        new(entry.Target.Name, error.Failure, error.Cause, error.Fix) { RetryAfter = error.RetryAfter };

    private async ValueTask<BackendException?> TakeAsync(RefreshEntry entry, BackendResult result, CancellationToken ct)
    {
        var error = result.Error is { } told ? ErrorFor(entry, told) : null;
        if (result.Listing is { } listing)
        {
            try
            {
                var next = entry.Target.TakeListing(listing);
                await ProbeAllAsync(entry, next, ct).ConfigureAwait(false);
                return null;
            }
            catch (BackendException refused)
            {
                error = refused;
            }
        }

        return error;
    }

    // Never on a caller's path: inside a flight, or on a task of its own after a wake.
    private async Task ProbeAllAsync(RefreshEntry entry, NextStep next, CancellationToken ct)
    {
        while (next.ProbeNow is [var versionId, ..] && !ct.IsCancellationRequested)
        {
            next = await entry.Target.ProbeAsync(versionId, ct).ConfigureAwait(false);
        }

        Take(entry, next);
        StartProofs(entry);
    }

    // Steps of one credential come from several threads; a late one must not undo what a newer one said.
    private void Take(RefreshEntry entry, NextStep next)
    {
        lock (_gate)
        {
            if (next.Order > entry.Order)
            {
                entry.Order = next.Order;
                entry.ProveNow = next.ProveNow;
                entry.WakeAt = next.WakeAt;
                Enqueue(entry);
                Arm();
            }
        }
    }

    private void StartProbes(RefreshEntry entry, NextStep next)
    {
        if (next.ProbeNow.IsEmpty)
        {
            return;
        }

        lock (_gate)
        {
            // A flight probes by itself; two probes of one version would tell nothing more.
            if (entry.IsProbing || entry.Flight is not null || _stopped)
            {
                return;
            }

            entry.IsProbing = true;
            _running++;
        }

        _ = Task.Run(
            async () =>
            {
                try
                {
                    await ProbeAllAsync(entry, next, _stopping.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    // Stopping.
                }

                lock (_gate)
                {
                    entry.IsProbing = false;
                    EndWork();
                }
            },
            CancellationToken.None);
    }

    // Always on a task of their own: whether an old version is refused must not delay a new one.
    private void StartProofs(RefreshEntry entry)
    {
        lock (_gate)
        {
            if (entry.IsProving || entry.ProveNow.IsEmpty || _stopped)
            {
                return;
            }

            entry.IsProving = true;
            _running++;
        }

        _ = Task.Run(() => ProveAllAsync(entry, _stopping.Token), CancellationToken.None);
    }

    private async Task ProveAllAsync(RefreshEntry entry, CancellationToken ct)
    {
        while (NextProof(entry) is { } versionId)
        {
            try
            {
                var next = await entry.Target.ProveRetirementAsync(versionId, ct).ConfigureAwait(false);
                Take(entry, next);
                StartProbes(entry, next);
            }
            catch (OperationCanceledException)
            {
                // Stopping.
            }
        }
    }

    // Taken and given back under one lock, so that no proof falls between the last one and the end.
    private string? NextProof(RefreshEntry entry)
    {
        lock (_gate)
        {
            if (entry.ProveNow is [var versionId, ..] && !_stopped)
            {
                return versionId;
            }

            entry.IsProving = false;
            EndWork();

            return null;
        }
    }

    private void Land(RefreshEntry entry, BackendException? error)
    {
        TaskCompletionSource<FlightResult> flight;
        TimeSpan wait;
        bool recovered;
        lock (_gate)
        {
            flight = entry.Flight!;
            entry.Flight = null;
            entry.HasFlown = true;
            recovered = error is null && entry.LastError is not null;
            entry.LastError = error;
            entry.FailingSince = entry.Failures == 0 ? _clock.Elapsed : entry.FailingSince;
            entry.Failures = error is null ? 0 : entry.Failures + 1;
            wait = NextWait(entry, error);
            var isAsked = entry.DueReason is RefreshReason.Signal or RefreshReason.Rejection;
            var due = _clock.Elapsed + wait;
            entry.RefreshAt = isAsked && entry.RefreshAt < due ? entry.RefreshAt : due;
            if (entry.FollowUp is not null && !_stopped)
            {
                Launch([entry], entry.FollowUpReason);
            }
            else
            {
                entry.FollowUp?.TrySetResult(new FlightResult(error));
                entry.FollowUp = null;
            }

            Enqueue(entry);
            Arm();
        }

        if (recovered)
        {
            _log.RefreshRecovered(entry.Target.Name);
        }
        else if (error is not null && !_stopping.IsCancellationRequested)
        {
            _log.RefreshFailed(error.Message, wait);
        }

        flight.TrySetResult(new FlightResult(error));
    }

    private TimeSpan NextWait(RefreshEntry entry, BackendException? error)
    {
        var policy = entry.Target.Policy;
        if (error is null)
        {
            return policy.Interval * (1 + (policy.Jitter * ((2 * _random()) - 1)));
        }

        var wait = Backoff.Next(policy.MinBackoff, policy.MaxBackoff, entry.Failures, _random());
        return error.RetryAfter > wait ? error.RetryAfter.Value : wait;
    }

    // Under the lock. The first rejection asks at once; later ones wait for the interval and then share one refresh.
    private bool TakeRejectionTurn(RefreshEntry entry)
    {
        var now = _clock.Elapsed;
        if (entry.Flight is not null || !(now - entry.LastRejectionRefreshAt < entry.Target.Policy.RejectionInterval))
        {
            entry.LastRejectionRefreshAt = now;
            return true;
        }

        var turn = entry.LastRejectionRefreshAt.GetValueOrDefault() + entry.Target.Policy.RejectionInterval;
        if (turn < entry.RefreshAt)
        {
            entry.RefreshAt = turn;
            entry.DueReason = RefreshReason.Rejection;
            entry.LastRejectionRefreshAt = turn;
            Enqueue(entry);
            Arm();
        }

        return false;
    }

    // Asked for before the listing is read, so that no change falls between the two.
    private void Watch(RefreshEntry entry)
    {
        lock (_gate)
        {
            if (entry.Watch is not null)
            {
                return;
            }
        }

        try
        {
            if (entry.Target.Backend.Watch(entry.Target.Key) is { } token)
            {
                var watch = new SignalWatch(() => OnSignal(entry));
                lock (_gate)
                {
                    entry.Watch = watch;
                }

                watch.Attach(token);
            }
        }
#pragma warning disable CA1031 // A custom backend may throw anything; polling goes on without its signal.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _log.WatchFailed(entry.Target.Name, error.GetType().FullName!);
        }
    }

    private void OnSignal(RefreshEntry entry)
    {
        lock (_gate)
        {
            // The token is spent; the next flight asks for a new one.
            entry.Watch = null;
            TakeSignal(entry);
        }
    }

    // Under the lock.
    private void TakeSignal(RefreshEntry entry)
    {
        if (_stopped)
        {
            return;
        }

        var now = _clock.Elapsed;
        var isBurst = entry.LastSignalAt > TimeSpan.MinValue && now - entry.LastSignalAt < 2 * MaxSignalSpacing;
        entry.SignalSpacing = isBurst ? Min(entry.SignalSpacing * 2, MaxSignalSpacing) : SignalDebounce;
        entry.LastSignalAt = now;
        var due = now + entry.SignalSpacing;
        if (due < entry.RefreshAt)
        {
            entry.RefreshAt = due;
            entry.DueReason = RefreshReason.Signal;
            Enqueue(entry);
            Arm();
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private sealed class SignalWatch(Action signalled) : IDisposable
    {
        private IDisposable? _registration;
        private int _fired;

        public void Attach(IChangeToken token) => _registration = token.RegisterChangeCallback(static state => ((SignalWatch)state!).Fire(), this);

        public void Dispose()
        {
            Interlocked.Exchange(ref _fired, 1);
            _registration?.Dispose();
        }

        private void Fire()
        {
            if (Interlocked.Exchange(ref _fired, 1) == 0)
            {
                signalled();
            }
        }
    }
}
