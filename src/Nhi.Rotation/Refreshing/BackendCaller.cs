using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Nhi.Rotation.Refreshing;

/// <summary>Calls a backend: a time limit for each attempt, two quick retries for what is transient, and every failure as a <see cref="BackendException"/>.</summary>
internal sealed class BackendCaller
{
    private const int Retries = 2;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);

    private readonly TimeSpan _attemptTimeout;
    private readonly ResiliencePipeline _retries;
    private readonly ResiliencePipeline _attempt;

    public BackendCaller(TimeProvider time, TimeSpan attemptTimeout)
    {
        _attemptTimeout = attemptTimeout;
        _retries = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = Retries,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is BackendException { IsTransient: true } error && !MustWaitLonger(error)),
                DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(Delay(args.Outcome.Exception as BackendException, args.AttemptNumber)),
            })
            .Build();
        _attempt = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions { Timeout = attemptTimeout })
            .Build();
    }

    public ValueTask<BackendListing> ListAsync(ICredentialBackend backend, BackendRequest request, CancellationToken ct) =>
        CallAsync(static (call, token) => call.Backend.ListAsync(call.Request, token), (Backend: backend, Request: request), request.CredentialName, ct);

    public ValueTask<IReadOnlyList<BackendResult>> ListManyAsync(IBatchCredentialBackend backend, IReadOnlyList<BackendRequest> requests, CancellationToken ct) =>
        CallAsync(static (call, token) => call.Backend.ListManyAsync(call.Requests, token), (Backend: backend, Requests: requests), requests[0].CredentialName, ct);

    public async ValueTask RevokeAsync(IBackendRevoker store, BackendRevocation revocation, CancellationToken ct) => await CallAsync(
        static async (call, token) =>
        {
            await call.Store.RevokeAsync(call.Revocation, token).ConfigureAwait(false);
            return call.Revocation;
        },
        (Store: store, Revocation: revocation), revocation.CredentialName, ct).ConfigureAwait(false);

    // What a call needs is handed through, so that no closure is made for it.
    private ValueTask<T> CallAsync<T, TCall>(Func<TCall, CancellationToken, ValueTask<T>> ask, TCall call, string name, CancellationToken ct) =>
        _retries.ExecuteAsync(
            static (all, token) => all.Caller.AttemptAsync(all.Ask, all.Call, all.Name, token), (Caller: this, Ask: ask, Call: call, Name: name), ct);

    private async ValueTask<T> AttemptAsync<T, TCall>(Func<TCall, CancellationToken, ValueTask<T>> ask, TCall call, string credentialName, CancellationToken ct)
    {
        try
        {
            return await _attempt.ExecuteAsync(ask, call, ct).ConfigureAwait(false)
                ?? throw new BackendException(credentialName, BackendFailure.InvalidContent, "the backend returned null", "Fix the backend: it must return a listing or throw.");
        }
        catch (BackendException)
        {
            throw;
        }
        catch (TimeoutRejectedException)
        {
            throw new BackendException(
                credentialName, BackendFailure.Unavailable, $"the backend did not answer within {_attemptTimeout.TotalSeconds:0.#} s", "Check the network path to it, or raise AttemptTimeout.");
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A custom backend may throw anything; its message may carry a value, so only the type is told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            throw new BackendException(
                credentialName, BackendFailure.Unavailable, $"the backend failed with {error.GetType().FullName}", "Look at the backend's own log; its message is withheld here because it may contain the value.");
        }
    }

    private bool MustWaitLonger(BackendException error) => error.RetryAfter > _attemptTimeout;

    private static TimeSpan Delay(BackendException? error, int attempt)
    {
#pragma warning disable CA5394 // Jitter, not security.
        var jittered = FirstRetry * Math.Pow(2, attempt) * Random.Shared.NextDouble();
#pragma warning restore CA5394
        return error?.RetryAfter > jittered ? error.RetryAfter.Value : jittered;
    }
}
