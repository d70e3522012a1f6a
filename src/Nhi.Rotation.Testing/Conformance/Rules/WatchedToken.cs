using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Testing;

/// <summary>Counts the callbacks of a token.</summary>
internal sealed class WatchedToken : IDisposable
{
    private readonly TaskCompletionSource _fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDisposable _registration;
    private int _calls;

    public WatchedToken(IChangeToken token)
    {
        _registration = token.RegisterChangeCallback(_ => Count(), state: null);
    }

    public Task Fired => _fired.Task;

    public int Calls => Volatile.Read(ref _calls);

    public void Dispose() => _registration.Dispose();

    private void Count()
    {
        Interlocked.Increment(ref _calls);
        _fired.TrySetResult();
    }
}
