using Grpc.Core;

namespace Nhi.Rotation.Grpc;

/// <summary>Which answers refuse the credential, and what to call again with.</summary>
internal static class Refusal
{
    public static bool Is(RpcException error) => error.StatusCode == StatusCode.Unauthenticated;

    /// <summary>Whether a call has ended as refused already.</summary>
    public static bool Is<T>(AsyncServerStreamingCall<T> call)
    {
        try
        {
            return call.GetStatus().StatusCode == StatusCode.Unauthenticated;
        }
        catch (InvalidOperationException)
        {
            // It has not ended.
            return false;
        }
    }

    /// <returns><see langword="null"/> when the refusal stands, also because the caller gave up.</returns>
    public static async ValueTask<Presented<CallStamp>?> FindOtherAsync(Presenter<CallStamp> presenter, Presented<CallStamp> refused, CancellationToken ct)
    {
        try
        {
            return await presenter.FindOtherAsync(refused, ct: ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
