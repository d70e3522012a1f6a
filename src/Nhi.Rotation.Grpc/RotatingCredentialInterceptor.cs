using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Nhi.Rotation.Grpc;

/// <summary>Stamps calls; tells the provider what became of unary ones and repeats a rejected one once.</summary>
internal sealed class RotatingCredentialInterceptor : Interceptor
{
    private readonly IRotatingCredentialProvider _provider;
    private readonly IDerived<CallStamp> _stamps;
    private readonly Func<Credential, CallStamp> _build;

    public RotatingCredentialInterceptor(IRotatingCredentialProvider provider, string header, string prefix)
    {
        _provider = provider;
        _build = credential => new CallStamp(credential, header, prefix);
        _stamps = provider.Derive(_build);
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var stamp = _stamps.Current;
        try
        {
            return Judge(stamp, continuation(request, Stamp(context, stamp)));
        }
        catch (RpcException error) when (IsRejection(error, stamp) && FindOther(stamp) is { } other)
        {
            try
            {
                return Judge(other, continuation(request, Stamp(context, other)));
            }
            catch (RpcException again) when (IsRejection(again, other))
            {
                throw;
            }
        }
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var stamp = _stamps.Current;
        var call = continuation(request, Stamp(context, stamp));
        var response = RespondAsync();
        return new AsyncUnaryCall<TResponse>(response, HeadersAsync(), () => call.GetStatus(), () => call.GetTrailers(), () => call.Dispose());

        async Task<TResponse> RespondAsync()
        {
            try
            {
                return Judge(stamp, await call.ResponseAsync.ConfigureAwait(false));
            }
            catch (RpcException error) when (IsRejection(error, stamp) && FindOther(stamp) is { } other)
            {
                call.Dispose();
                call = continuation(request, Stamp(context, other));
                try
                {
                    return Judge(other, await call.ResponseAsync.ConfigureAwait(false));
                }
                catch (RpcException again) when (IsRejection(again, other))
                {
                    throw;
                }
            }
        }

        // Those of the call that counts, which is known when the response is.
        async Task<Metadata> HeadersAsync()
        {
            await ((Task)response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await call.ResponseHeadersAsync.ConfigureAwait(false);
        }
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) =>
        continuation(request, Stamp(context, _stamps.Current));

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation) =>
        continuation(Stamp(context, _stamps.Current));

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation) =>
        continuation(Stamp(context, _stamps.Current));

    // The caller's metadata stays as it is: a call that is repeated starts from there.
    private static ClientInterceptorContext<TRequest, TResponse> Stamp<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, CallStamp stamp)
        where TRequest : class
        where TResponse : class
    {
        var headers = new Metadata();
        foreach (var entry in context.Options.Headers ?? [])
        {
            headers.Add(entry);
        }

        stamp.AddTo(headers);
        return new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, context.Options.WithHeaders(headers));
    }

    private TResponse Judge<TResponse>(CallStamp stamp, TResponse response)
    {
        _provider.Report(stamp.Source, CredentialOutcome.Accepted);
        return response;
    }

    private bool IsRejection(RpcException error, CallStamp stamp)
    {
        if (error.StatusCode != StatusCode.Unauthenticated)
        {
            return false;
        }

        _provider.Report(stamp.Source, CredentialOutcome.Rejected);
        return true;
    }

    // A newer version that came meanwhile, or the one before.
    private CallStamp? FindOther(CallStamp rejected)
    {
        var set = _provider.Credentials;
        foreach (var other in set.Current is { } current ? [current, .. set.Previous] : set.Previous)
        {
            if (other.VersionId == rejected.Source.VersionId || other.Stage is CredentialStage.Retired or CredentialStage.Revoked)
            {
                continue;
            }

            try
            {
                return _build(other);
            }
            catch (CredentialFormatException)
            {
                // A version that cannot be sent is no alternative.
            }
        }

        return null;
    }
}
