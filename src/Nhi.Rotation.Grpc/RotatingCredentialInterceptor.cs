using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Nhi.Rotation.Grpc;

/// <summary>Stamps calls, tells what became of them, and repeats with another version those that are refused and whose one request is at hand.</summary>
internal sealed class RotatingCredentialInterceptor : Interceptor
{
    private readonly Presenter<CallStamp> _presenter;

    public RotatingCredentialInterceptor(IRotatingCredentialProvider provider, string header, string prefix, PresenterOptions options) =>
        _presenter = new Presenter<CallStamp>(provider, credential => new CallStamp(credential, header, prefix), options);

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var shown = _presenter.Take();
        while (true)
        {
            try
            {
                var response = continuation(request, Stamp(context, shown.Value));
                _presenter.Answered(shown, context.Method.FullName);
                return response;
            }
            catch (RpcException error) when (Refusal.Is(error))
            {
                // Blocking is what the caller of a blocking call asked for.
                if (Refusal.FindOtherAsync(_presenter, shown, context.Options.CancellationToken).AsTask().GetAwaiter().GetResult() is not { } other)
                {
                    throw;
                }

                shown = other;
            }
        }
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
#pragma warning disable CA2000 // The call that is returned disposes it.
        var call = new RepeatedCall<AsyncUnaryCall<TResponse>, TResponse>(
            _presenter, stamp => continuation(request, Stamp(context, stamp)), static call => call.ResponseAsync, context.Method.FullName, hold: null, context.Options.CancellationToken);
#pragma warning restore CA2000
        return new AsyncUnaryCall<TResponse>(
            call.Answer, HeadersAsync(), () => call.Last.GetStatus(), () => call.Last.GetTrailers(), call.Dispose);

        // Those of the call that counts, which is known when the response is.
        async Task<Metadata> HeadersAsync()
        {
            await ((Task)call.Answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await call.Last.ResponseHeadersAsync.ConfigureAwait(false);
        }
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var hold = new StreamHold();

        // The first message, or the end, tells what became of the credential.
#pragma warning disable CA2000 // The call that is returned disposes it.
        var call = new RepeatedCall<AsyncServerStreamingCall<TResponse>, bool>(
            _presenter,
            stamp => continuation(request, Stamp(context, stamp)),
            call => call.ResponseStream.MoveNext(context.Options.CancellationToken),
            context.Method.FullName,
            hold,
            context.Options.CancellationToken);
#pragma warning restore CA2000
        var stream = new StartedStream<TResponse>(call.Answer, () => call.Last.ResponseStream, hold);
        return new AsyncServerStreamingCall<TResponse>(stream, HeadersAsync(), () => call.Last.GetStatus(), () => call.Last.GetTrailers(), call.Dispose);

        // A server may send them long before the first message.
        async Task<Metadata> HeadersAsync()
        {
            var first = call.Last.ResponseHeadersAsync;
            await Task.WhenAny(first, call.Answer).ConfigureAwait(false);
            if (first.IsCompletedSuccessfully && !Refusal.Is(call.Last))
            {
                return await first.ConfigureAwait(false);
            }

            await ((Task)call.Answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await call.Last.ResponseHeadersAsync.ConfigureAwait(false);
        }
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var shown = _presenter.Take();
        var call = continuation(Stamp(context, shown.Value));
        var hold = new StreamHold();
        hold.Begin(shown.Version);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            call.RequestStream, JudgeAsync(shown, call.ResponseAsync, context.Method.FullName, hold), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, End(call.Dispose, hold));
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var shown = _presenter.Take();
        var call = continuation(Stamp(context, shown.Value));
        var hold = new StreamHold();
        hold.Begin(shown.Version);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            call.RequestStream,
            new JudgedStream<TResponse>(call.ResponseStream, _presenter, shown, context.Method.FullName, hold),
            call.ResponseHeadersAsync,
            call.GetStatus,
            call.GetTrailers,
            End(call.Dispose, hold));
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

    private static Action End(Action dispose, StreamHold hold) => () =>
    {
        dispose();
        hold.End();
    };

    private async Task<T> JudgeAsync<T>(Presented<CallStamp> shown, Task<T> answer, string method, StreamHold hold)
    {
        try
        {
            var result = await answer.ConfigureAwait(false);
            _presenter.Answered(shown, method);
            return result;
        }
        catch (RpcException error) when (Refusal.Is(error))
        {
            // What the caller has streamed is not at hand to be sent again.
            _presenter.Refused(shown);
            throw;
        }
        finally
        {
            hold.End();
        }
    }
}
