using Grpc.Core;

namespace Nhi.Rotation.Grpc;

/// <summary>The answers of a streaming call; what comes first tells what became of the credential.</summary>
internal sealed class JudgedStream<T>(IAsyncStreamReader<T> inner, Presenter<CallStamp> presenter, Presented<CallStamp> shown, string method, StreamHold hold) : IAsyncStreamReader<T>
{
    private bool _isJudged;

    public T Current => inner.Current;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        try
        {
            var any = await hold.WhileAsync(inner.MoveNext(cancellationToken), cancellationToken).ConfigureAwait(false);
            if (!_isJudged)
            {
                _isJudged = true;
                presenter.Answered(shown, method);
            }

            return any;
        }
        catch (RpcException error) when (Refusal.Is(error))
        {
            presenter.Refused(shown);
            throw;
        }
    }
}
