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

    public override Task<JWTSVIDResponse> FetchJWTSVID(JWTSVIDRequest request, ServerCallContext context)
    {
        Enter(nameof(FetchJWTSVID), context);
        if (state.RefusesTokens is { } refused)
        {
            throw new RpcException(new Status(refused, "refused"));
        }

        return request.Audience.Count == 0 ? throw new RpcException(new Status(StatusCode.InvalidArgument, "audience missing")) : Task.FromResult(state.Issue(request.Audience[0]));
    }

    public override async Task FetchJWTBundles(JWTBundlesRequest request, IServerStreamWriter<JWTBundlesResponse> responseStream, ServerCallContext context)
    {
        Enter(nameof(FetchJWTBundles), context);
        var broken = state.Broken;
        while (!broken.IsCompleted)
        {
            var (response, changed) = state.Keys();
            await responseStream.WriteAsync(response, context.CancellationToken);
            await Task.WhenAny(changed, broken, Task.Delay(Timeout.Infinite, context.CancellationToken));
            context.CancellationToken.ThrowIfCancellationRequested();
        }

        throw new RpcException(new Status(StatusCode.Unavailable, "going away"));
    }

    public override async Task FetchWITSVID(WITSVIDRequest request, IServerStreamWriter<WITSVIDResponse> responseStream, ServerCallContext context)
    {
        Enter(nameof(FetchWITSVID), context);
        if (state.RefusesTokens is { } refused)
        {
            throw new RpcException(new Status(refused, "refused"));
        }

        var broken = state.Broken;
        while (!broken.IsCompleted)
        {
            var (response, changed) = state.Bound();
            await responseStream.WriteAsync(response, context.CancellationToken);
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
