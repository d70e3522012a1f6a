using System.Diagnostics;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Refreshing;

/// <summary>Refreshes under way: at most so many at once, in the order in which they were launched. Whoever waits for one gets its result.</summary>
internal sealed class Flights : IThreadPoolWorkItem
{
    // A start launches all credentials at once; what their queue takes is not kept for the few of later.
    private const int KeptCapacity = 1_024;

    private readonly Lock _gate;
    private readonly EngineClock _clock;
    private readonly RefreshQueue _queue;
    private readonly WorkUnderWay _work;
    private readonly Inquiry _inquiry;
    private readonly EngineLog _log;
    private readonly Func<double> _random;
    private readonly int _maxWorkers;
    private readonly Queue<Flight> _pending = new();
    private int _workers;

    public Flights(Lock gate, EngineClock clock, RefreshQueue queue, WorkUnderWay work, Inquiry inquiry, EngineLog log, int maxWorkers, Func<double> random)
    {
        _gate = gate;
        _clock = clock;
        _queue = queue;
        _work = work;
        _inquiry = inquiry;
        _log = log;
        _random = random;
        _maxWorkers = maxWorkers;
    }

    /// <summary>Starts what the rules launched.</summary>
    /// <param name="entry">The credential.</param>
    /// <param name="batch">All that share the call, the credential among them; <see langword="null"/> if it is alone.</param>
    /// <param name="reason">Why.</param>
    public void Start(RefreshEntry entry, RefreshEntry[]? batch, RefreshReason reason)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        var flight = new Flight(entry, batch, reason, ExecutionContext.Capture());
        foreach (var other in batch ?? [])
        {
            Board(other);
        }

        Board(entry);
        _work.Begin();
        _pending.Enqueue(flight);
        if (_workers < _maxWorkers)
        {
            _workers++;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>One worker; nothing flows into it from whoever launched the first of its flights.</summary>
    void IThreadPoolWorkItem.Execute() => _ = WorkAsync();

    private static void Board(RefreshEntry entry)
    {
        entry.Waiting ??= entry.WaitingForNext;
        entry.WaitingForNext = null;
    }

    private async Task WorkAsync()
    {
        while (Next() is { } flight)
        {
            await FlyAsync(flight).ConfigureAwait(false);
        }
    }

    private Flight? Next()
    {
        lock (_gate)
        {
            if (_pending.TryDequeue(out var flight))
            {
                return flight;
            }

            if (_pending.Capacity > KeptCapacity)
            {
                _pending.TrimExcess();
            }

            _workers--;
            return null;
        }
    }

    private async ValueTask FlyAsync(Flight flight)
    {
        if (flight.Flow is { } flow)
        {
            ExecutionContext.Restore(flow);
        }

        if (flight.Batch is { } batch)
        {
            var errors = await _inquiry.AskAsync(batch, flight.Reason, _work.Stopping).ConfigureAwait(false);
            for (var i = 0; i < batch.Length; i++)
            {
                Land(batch[i], errors[i]);
            }
        }
        else
        {
            Land(flight.Entry, await _inquiry.AskAsync(flight.Entry, flight.Reason, _work.Stopping).ConfigureAwait(false));
        }

        lock (_gate)
        {
            _work.End();
        }
    }

    private void Land(RefreshEntry entry, BackendException? error)
    {
        TaskCompletionSource<FlightResult>? waiting;
        TaskCompletionSource<FlightResult>? tooLate = null;
        Landing landing;
        lock (_gate)
        {
            waiting = entry.Waiting;
            entry.Waiting = null;
            entry.LastError = error;
            landing = RefreshRules.Land(ref entry.Schedule, error, _clock.Elapsed, entry.Policy, _random());
            if (_work.IsStopped)
            {
                tooLate = entry.WaitingForNext;
                entry.WaitingForNext = null;
            }
            else if (landing.FollowUp is { } reason)
            {
                Start(entry, batch: null, reason);
            }

            _queue.Put(entry);
            _queue.Arm();
        }

        if (landing.HasRecovered)
        {
            _log.RefreshRecovered(entry.Name);
        }
        else if (error is not null && !_work.Stopping.IsCancellationRequested)
        {
            _log.RefreshFailed(error.Message, landing.HasLoaded ? "The last good set stays in use" : "There is nothing to use yet", landing.Wait);
        }

        waiting?.TrySetResult(new FlightResult(error));
        tooLate?.TrySetResult(new FlightResult(error));
    }
}
