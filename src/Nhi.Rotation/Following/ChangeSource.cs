using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Following;

/// <summary>Hands out one-shot change tokens; made only when somebody asks.</summary>
internal sealed class ChangeSource
{
    private CancellationTokenSource? _current;

    public IChangeToken GetToken()
    {
        while (true)
        {
            var source = Volatile.Read(ref _current);
            if (source is not null)
            {
                return new CancellationChangeToken(source.Token);
            }

#pragma warning disable CA2000 // Cancelled in Fire; a source without a timer or a wait handle has nothing to dispose.
            Interlocked.CompareExchange(ref _current, new CancellationTokenSource(), null);
#pragma warning restore CA2000
        }
    }

    /// <summary>Fires the tokens handed out so far.</summary>
    /// <exception cref="AggregateException">Subscribers failed; all were called.</exception>
    public void Fire() => Interlocked.Exchange(ref _current, null)?.Cancel();
}
