using Grpc.Core;

namespace Nhi.Rotation.Grpc;

/// <summary>The answers of a call whose first one was asked for already.</summary>
/// <param name="first">Whether there is a first one.</param>
/// <param name="rest">The stream that it came from, once it is there.</param>
/// <param name="hold">Ends with it.</param>
internal sealed class StartedStream<T>(Task<bool> first, Func<IAsyncStreamReader<T>> rest, StreamHold hold) : IAsyncStreamReader<T>
{
    private bool _hasBegun;

    public T Current => rest().Current;

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        return hold.WhileAsync(_hasBegun ? rest().MoveNext(cancellationToken) : FirstAsync(cancellationToken), cancellationToken);
    }

    private async Task<bool> FirstAsync(CancellationToken cancellationToken)
    {
        try
        {
            var any = await first.WaitAsync(cancellationToken).ConfigureAwait(false);
            _hasBegun = true;
            return any;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // As gRPC itself says it.
            throw new RpcException(new Status(StatusCode.Cancelled, "The wait for a message was cancelled."));
        }
    }
}
