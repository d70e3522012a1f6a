using Grpc.Core;
using SpiffeSample.LocalAgent.Protocol;

namespace SpiffeSample.LocalAgent;

/// <summary>The Workload API over what the agent knows.</summary>
internal sealed class WorkloadService(LocalAgentState state) : SpiffeWorkloadAPI.SpiffeWorkloadAPIBase
{
    public override async Task FetchX509SVID(X509SVIDRequest request, IServerStreamWriter<X509SVIDResponse> responseStream, ServerCallContext context)
    {
        Enter(nameof(FetchX509SVID), context);
        var broken = state.Broken;
        while (!broken.IsCompleted)
        {
            if (state.Refuses is { } refused)
            {
                throw new RpcException(new Status(refused, "refused"));
            }

            var (response, changed) = state.Now();
            if (response is null)
            {
                throw new RpcException(new Status(StatusCode.PermissionDenied, "no identity issued"));
            }

            if (!state.IsSilent)
            {
                await responseStream.WriteAsync(response, context.CancellationToken);
            }

            await Task.WhenAny(changed, broken, Task.Delay(Timeout.Infinite, context.CancellationToken));
            context.CancellationToken.ThrowIfCancellationRequested();
        }

        throw new RpcException(new Status(StatusCode.Unavailable, "going away"));
    }

    private void Enter(string method, ServerCallContext context)
    {
        state.Count(method);
        if (context.RequestHeaders.GetValue("workload.spiffe.io") != "true")
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "security header missing"));
        }
    }
}
