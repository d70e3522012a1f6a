namespace Nhi.Rotation.Grpc;

/// <summary>A call that goes on uses the version that it was made with, until it ends or is disposed. Safe for concurrent use.</summary>
internal sealed class StreamHold
{
    private readonly Lock _gate = new();
    private IDisposable? _hold;
    private bool _isOver;

    /// <summary>The call is made, or made again with another version.</summary>
    public void Begin(Credential version)
    {
        lock (_gate)
        {
            _hold?.Dispose();

            // Whoever drops a call does not end it: the hold is lost then, and not over.
            _hold = _isOver ? null : version.Hold();
        }
    }

    /// <summary>A message of the call is waited for: without one, it is over.</summary>
    /// <param name="next">Whether there is a message.</param>
    /// <param name="wait">Gives up the wait, and not the call.</param>
    public async Task<bool> WhileAsync(Task<bool> next, CancellationToken wait)
    {
        var goesOn = false;
        try
        {
            return goesOn = await next.ConfigureAwait(false);
        }
        finally
        {
            if (!goesOn && !wait.IsCancellationRequested)
            {
                End();
            }
        }
    }

    /// <summary>The call is over. The second time does nothing.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
            _hold?.Dispose();
        }
    }
}
