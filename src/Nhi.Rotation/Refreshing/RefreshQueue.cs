using System.Diagnostics;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Refreshing;

/// <summary>Who is due when, and the one timer that says so.</summary>
internal sealed class RefreshQueue
{
    private readonly Lock _gate;
    private readonly EngineClock _clock;
    private readonly DueHeap _heap = new();
    private ITimer? _timer;
    private TimeSpan _armedFor = TimeSpan.MaxValue;

    public RefreshQueue(Lock gate, EngineClock clock)
    {
        _gate = gate;
        _clock = clock;
    }

    public bool IsStarted => _timer is not null;

    /// <summary>When the timer fires although no credential is due.</summary>
    public TimeSpan SweepAt { get; set; } = TimeSpan.MaxValue;

    public void Start(Action fired)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);

        // Whoever comes first must not become the parent of every later refresh's trace.
        using IDisposable? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _timer = _clock.Time.CreateTimer(static state => ((Action)state!)(), fired, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Stop()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        _timer?.Dispose();
        _armedFor = TimeSpan.MinValue;
    }

    /// <summary>Puts a credential where it belongs now.</summary>
    public void Put(RefreshEntry entry)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        var due = entry.NextDue;
        if (due < TimeSpan.MaxValue)
        {
            _heap.Put(entry, due);
        }
        else
        {
            // Nobody is due at the end of all time; what is under way puts itself back.
            _heap.Remove(entry);
        }
    }

    /// <summary>Takes out the next that is due, if any is.</summary>
    public RefreshEntry? TakeDue(TimeSpan now)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        if (_heap.First is not { } entry || entry.QueuedAt > now)
        {
            return null;
        }

        _heap.Remove(entry);
        return entry;
    }

    /// <summary>Sets the timer for the first that is due.</summary>
    public void Arm()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        var next = _heap.First?.QueuedAt is { } first && first < SweepAt ? first : SweepAt;
        if (_timer is null || next == _armedFor || _armedFor == TimeSpan.MinValue)
        {
            return;
        }

        _armedFor = next;
        var delay = next - _clock.Elapsed;
        _timer.Change(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The timer fired: it has to be set again, whatever for.</summary>
    public void Disarm()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        _armedFor = TimeSpan.MaxValue;
    }
}
