using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Testing;

/// <summary>A token that fires once and is then replaced by a new one.</summary>
#pragma warning disable CA1001 // A token handed out before must stay usable, and a source without a timer holds nothing to dispose.
internal sealed class WatchSignal
#pragma warning restore CA1001
{
    private CancellationTokenSource _source = new();

    public IChangeToken Token => new CancellationChangeToken(Volatile.Read(ref _source).Token);

    public void Fire()
    {
        var fired = Interlocked.Exchange(ref _source, new CancellationTokenSource());
        fired.Cancel();
    }
}
