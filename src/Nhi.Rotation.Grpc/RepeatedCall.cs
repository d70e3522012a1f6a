using Grpc.Core;

namespace Nhi.Rotation.Grpc;

/// <summary>A call that is made again with another version while it is refused, as long as its caller wants it.</summary>
/// <typeparam name="TCall">The call.</typeparam>
/// <typeparam name="TAnswer">What tells whether it was refused.</typeparam>
internal sealed class RepeatedCall<TCall, TAnswer> : IDisposable
    where TCall : IDisposable
{
    private readonly Presenter<CallStamp> _presenter;
    private readonly Func<CallStamp, TCall> _make;
    private readonly Func<TCall, Task<TAnswer>> _ask;
    private readonly string _method;
    private readonly StreamHold? _hold;
    private readonly CancellationToken _ct;
    private volatile bool _isDisposed;

    public RepeatedCall(Presenter<CallStamp> presenter, Func<CallStamp, TCall> make, Func<TCall, Task<TAnswer>> ask, string method, StreamHold? hold, CancellationToken ct)
    {
        _presenter = presenter;
        _make = make;
        _ask = ask;
        _method = method;
        _hold = hold;
        _ct = ct;
        var shown = presenter.Take();
        Last = Make(shown);
        Answer = AskAsync(shown);
    }

    /// <summary>The answer that counts.</summary>
    public Task<TAnswer> Answer { get; }

    /// <summary>The call that counts, as far as that is known.</summary>
    public TCall Last { get; private set; }

    // The call may be replaced meanwhile: whoever comes second sees the other.
    public void Dispose()
    {
        _isDisposed = true;
        Last.Dispose();
        _hold?.End();
    }

    private TCall Make(Presented<CallStamp> shown)
    {
        _hold?.Begin(shown.Version);
        return _make(shown.Value);
    }

    private async Task<TAnswer> AskAsync(Presented<CallStamp> shown)
    {
        while (true)
        {
            try
            {
                var answer = await _ask(Last).ConfigureAwait(false);
                _presenter.Answered(shown, _method);
                return answer;
            }
            catch (RpcException error) when (Refusal.Is(error))
            {
                if (_isDisposed || await Refusal.FindOtherAsync(_presenter, shown, _ct).ConfigureAwait(false) is not { } other)
                {
                    throw;
                }

                shown = other;
            }

            Last.Dispose();
            Last = Make(shown);
            if (_isDisposed)
            {
                Last.Dispose();
            }
        }
    }
}
