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
    private readonly ResiliencePipeline _pipeline;

    public BackendCaller(TimeProvider time, TimeSpan attemptTimeout)
    {
        _attemptTimeout = attemptTimeout;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = Retries,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is BackendException { IsTransient: true } error && !MustWaitLonger(error)),
                DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(Delay(args.Outcome.Exception as BackendException, args.AttemptNumber)),
            })
            .Build();
        AttemptPipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions { Timeout = attemptTimeout })
            .Build();
    }

    private ResiliencePipeline AttemptPipeline { get; }

    public ValueTask<BackendListing> ListAsync(ICredentialBackend backend, BackendRequest request, CancellationToken ct) =>
        CallAsync(request.CredentialName, token => backend.ListAsync(request, token), ct);

    public ValueTask<IReadOnlyList<BackendResult>> ListManyAsync(IBatchCredentialBackend backend, IReadOnlyList<BackendRequest> requests, CancellationToken ct) =>
        CallAsync(requests[0].CredentialName, token => backend.ListManyAsync(requests, token), ct);

    private ValueTask<T> CallAsync<T>(string credentialName, Func<CancellationToken, ValueTask<T>> call, CancellationToken ct) =>
        _pipeline.ExecuteAsync(token => AttemptAsync(credentialName, call, token), ct);

    private async ValueTask<T> AttemptAsync<T>(string credentialName, Func<CancellationToken, ValueTask<T>> call, CancellationToken ct)
    {
        try
        {
            return await AttemptPipeline.ExecuteAsync(call, ct).ConfigureAwait(false)
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
