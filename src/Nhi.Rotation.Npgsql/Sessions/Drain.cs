using Nhi.Rotation.Npgsql.Telemetry;

namespace Nhi.Rotation.Npgsql.Sessions;

/// <summary>Looks at connections of older versions while there are any, and attends to those that nobody returns. Safe for concurrent use.</summary>
internal sealed class Drain : IDisposable
{
    // How soon connections that nobody returns are looked at.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Func<List<OverdueSession>, int> _sweep;
    private readonly DataSourceLog _log;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long? _drainingSince;
    private long _requests;
    private bool _isRunning;

    /// <param name="sweep">Looks at all connections: collects those that are overdue, and says how many outdated ones there still are.</param>
    /// <param name="log">Where to tell of them.</param>
    /// <param name="time">The clock.</param>
    public Drain(Func<List<OverdueSession>, int> sweep, DataSourceLog log, TimeProvider time)
    {
        _sweep = sweep;
        _log = log;
        _time = time;
        _timer = time.CreateTimer(static self => ((Drain)self!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A version was replaced, and connections of older ones are left.</summary>
    public void Begin() => Look(isNew: true);

    /// <summary>There is a connection of an older version. A timer that is disposed ignores it.</summary>
    public void LookAgain() => Look(isNew: false);

    public void Dispose() => _timer.Dispose();

    private void Look(bool isNew)
    {
        lock (_gate)
        {
            _drainingSince = isNew ? _time.GetTimestamp() : _drainingSince;
            _requests++;
            if (!_isRunning)
            {
                _isRunning = true;
                _timer.Change(Interval, Interval);
            }
        }
    }

    private void Sweep()
    {
        var requests = Volatile.Read(ref _requests);
        var overdue = new List<OverdueSession>();
        if (_sweep(overdue) == 0)
        {
            End(requests);
        }

        foreach (var session in overdue)
        {
            Attend(session);
        }
    }

    // Unless somebody asked meanwhile.
    private void End(long requestsSeen)
    {
        TimeSpan? elapsed;
        lock (_gate)
        {
            elapsed = _drainingSince is { } since ? _time.GetElapsedTime(since) : null;
            if (_requests != requestsSeen)
            {
                return;
            }

            _drainingSince = null;
            _isRunning = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        if (elapsed is { } drained)
        {
            _log.Drained(drained);
        }
    }

    private void Attend(OverdueSession session)
    {
        switch (session.Action)
        {
            case OverdueAction.TellBusy:
                _log.StillBusy(session.VersionId, session.ProcessId);
                return;
            case OverdueAction.TellHeld:
                _log.StillHeld(session.VersionId, session.ProcessId);
                return;
        }

        try
        {
            session.User.Close();
            _log.Closed(session.VersionId, session.ProcessId);
        }
#pragma warning disable CA1031 // Its user may have closed it or begun a command at this very moment; the next sweep looks again.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
