using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Nhi.Rotation.Grpc;

/// <summary>Stamps calls, tells the provider what became of them, and repeats a unary one that is rejected once.</summary>
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
            return Call(stamp);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.Unauthenticated && FindOther(stamp) is { } other)
        {
            return Call(other);
        }

        TResponse Call(CallStamp stamp)
        {
            var verdict = VerdictOn(stamp);
            try
            {
                var response = continuation(request, Stamp(context, stamp));
                verdict.Accepted();
                return response;
            }
            catch (RpcException error) when (verdict.IsRejection(error))
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
        var isDisposed = false;
        var response = RespondAsync();
        return new AsyncUnaryCall<TResponse>(response, HeadersAsync(), () => call.GetStatus(), () => call.GetTrailers(), Dispose);

        async Task<TResponse> RespondAsync()
        {
            try
            {
                return await VerdictOn(stamp).JudgeAsync(call.ResponseAsync).ConfigureAwait(false);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Unauthenticated && !Volatile.Read(ref isDisposed) && FindOther(stamp) is { } other)
            {
                call.Dispose();
                call = continuation(request, Stamp(context, other));
                if (Volatile.Read(ref isDisposed))
                {
                    call.Dispose();
                }

                return await VerdictOn(other).JudgeAsync(call.ResponseAsync).ConfigureAwait(false);
            }
        }

        // Those of the call that counts, which is known when the response is.
        async Task<Metadata> HeadersAsync()
        {
            await ((Task)response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await call.ResponseHeadersAsync.ConfigureAwait(false);
        }

        // The call may be replaced meanwhile: whoever comes second sees the other.
        void Dispose()
        {
            Volatile.Write(ref isDisposed, true);
            call.Dispose();
        }
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var stamp = _stamps.Current;
        var call = continuation(request, Stamp(context, stamp));
        return new AsyncServerStreamingCall<TResponse>(
            new JudgedStream<TResponse>(call.ResponseStream, VerdictOn(stamp)), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var stamp = _stamps.Current;
        var call = continuation(Stamp(context, stamp));
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            call.RequestStream, VerdictOn(stamp).JudgeAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var stamp = _stamps.Current;
        var call = continuation(Stamp(context, stamp));
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            call.RequestStream, new JudgedStream<TResponse>(call.ResponseStream, VerdictOn(stamp)), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    // The caller's metadata stays as it is: a call that is repeated starts from there.
    private static ClientInterceptorContext<TRequest, TResponse> Stamp<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, CallStamp stamp)
        where TRequest : class
        where TResponse : class
    {
        var headers = new Metadata();
        foreach (var entry in context.Options.Headers ?? [])
        {
            // With two of them the server would choose.
            if (entry.Key != stamp.Header)
            {
                headers.Add(entry);
            }
        }

        stamp.AddTo(headers);
        return new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, context.Options.WithHeaders(headers));
    }

    private CallVerdict VerdictOn(CallStamp stamp) => new(_provider, stamp);

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
