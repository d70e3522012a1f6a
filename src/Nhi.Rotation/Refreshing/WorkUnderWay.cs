using System.Diagnostics;

namespace Nhi.Rotation.Refreshing;

/// <summary>Counts what is under way, and ends it: what runs when the scheduler stops is cancelled and waited for.</summary>
internal sealed class WorkUnderWay : IDisposable
{
    private readonly Lock _gate;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;

    public WorkUnderWay(Lock gate)
    {
        _gate = gate;
        Stopping = _stopping.Token;
    }

    public bool IsIdle => _running == 0;

    public bool IsStopped { get; private set; }

    public CancellationToken Stopping { get; }

    /// <summary>Ends when the scheduler has stopped and nothing is under way.</summary>
    public Task Ended => _ended.Task;

    public void Begin()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        _running++;
    }

    public void End()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        if (--_running == 0 && IsStopped)
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>Nothing new may begin.</summary>
    public void Stop()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        IsStopped = true;
        if (_running == 0)
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>Cancels what is under way. Not to be called under the lock: what is cancelled may run on this thread.</summary>
    public void Cancel() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}
