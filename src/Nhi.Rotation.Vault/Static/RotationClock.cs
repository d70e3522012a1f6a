using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Vault.Static;

/// <summary>Fires when Vault has rotated a static role, which it says beforehand. Safe for concurrent use.</summary>
#pragma warning disable CA1001 // It lives as long as its backend, which nobody disposes; a source without a timer holds nothing.
internal sealed class RotationClock(TimeProvider time)
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _source = new();
    private ITimer? _timer;
    private int _late;

    /// <summary>A token that has not fired.</summary>
    public IChangeToken Token
    {
        get
        {
            lock (_gate)
            {
                _source = _source.IsCancellationRequested ? new CancellationTokenSource() : _source;
                return new CancellationChangeToken(_source.Token);
            }
        }
    }

    /// <summary>Takes in when the next rotation is; zero if it is due, or has happened and is not told yet.</summary>
    public void Set(TimeSpan left)
    {
        lock (_gate)
        {
            _late = left > TimeSpan.Zero ? 0 : _late + 1;
            _timer?.Dispose();
            _timer = time.CreateTimer(static clock => ((RotationClock)clock!).Fire(), this, RotationSchedule.Wait(left, _late), Timeout.InfiniteTimeSpan);
        }
    }

    private void Fire()
    {
        CancellationTokenSource source;
        lock (_gate)
        {
            source = _source;
        }

        source.Cancel();
    }
}
