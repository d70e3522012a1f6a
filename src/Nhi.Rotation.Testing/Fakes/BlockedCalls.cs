namespace Nhi.Rotation.Testing;

/// <summary>Calls to a <see cref="FakeCredentialBackend"/> that wait until this is disposed.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class BlockedCalls : IDisposable
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal BlockedCalls()
    {
    }

    /// <summary>Completes when the first call has arrived.</summary>
    public Task Arrived => _arrived.Task;

    internal bool IsReleased => _released.Task.IsCompleted;

    /// <summary>Lets all calls go on, also those that are still to come.</summary>
    public void Dispose() => _released.TrySetResult();

    internal Task WaitAsync(CancellationToken ct)
    {
        _arrived.TrySetResult();
        return _released.Task.WaitAsync(ct);
    }
}
