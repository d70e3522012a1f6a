using System.Diagnostics;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Refreshing;

/// <summary>Who is due when, and the one timer that says so.</summary>
internal sealed class RefreshQueue
{
    private readonly Lock _gate;
    private readonly EngineClock _clock;
    private readonly PriorityQueue<RefreshEntry, TimeSpan> _queue = new();
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
        if (entry.QueuedAt == due)
        {
            return;
        }

        // Nobody is due at the end of all time; what is under way puts itself back.
        entry.QueuedAt = due < TimeSpan.MaxValue ? due : null;
        if (due < TimeSpan.MaxValue)
        {
            _queue.Enqueue(entry, due);
        }
    }

    /// <summary>Takes out the next that is due, if any is.</summary>
    public RefreshEntry? TakeDue(TimeSpan now)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        while (_queue.TryPeek(out var entry, out var due) && due <= now)
        {
            _queue.Dequeue();
            if (entry.QueuedAt == due)
            {
                entry.QueuedAt = null;
                return entry;
            }
        }

        return null;
    }

    /// <summary>Sets the timer for the first that is due.</summary>
    public void Arm()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        while (_queue.TryPeek(out var entry, out var due) && entry.QueuedAt != due)
        {
            _queue.Dequeue();
        }

        var next = _queue.TryPeek(out _, out var first) && first < SweepAt ? first : SweepAt;
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
