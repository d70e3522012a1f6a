using System.Diagnostics.CodeAnalysis;

namespace Nhi.Rotation.OAuth;

/// <summary>How long a token endpoint that gave no token is left alone: the first time up to a second, then twice as long each time. Guarded by its owner.</summary>
internal sealed class TokenPause(TimeProvider time)
{
    private const int MaxDoublings = 6;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    // Many servers ask for more than they need.
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(5);

    private long _since;
    private int _failures;
    private long _generation;

    /// <summary>What went wrong last, if nothing went well since.</summary>
    public Exception? Error { get; private set; }

    /// <summary>How long it lasts in all.</summary>
    public TimeSpan Length { get; private set; }

    public bool IsOn => Error is not null && time.GetElapsedTime(_since) < Length;

    /// <summary>Begins, or goes on longer.</summary>
    /// <param name="error">Why.</param>
    /// <param name="generation">The set of versions that was tried.</param>
    [SuppressMessage("Security", "CA5394", Justification = "Jitter, not security.")]
    public void Begin(Exception error, long generation)
    {
        // Half of it is chance, so that a fleet does not come back at once.
        Length = First * Math.Pow(2, Math.Min(_failures, MaxDoublings)) * (0.5 + (Random.Shared.NextDouble() / 2));
        _failures++;
        if (error is TokenEndpointException { RetryAfter: { } asked } && asked > Length)
        {
            Length = asked < MaxRetryAfter ? asked : MaxRetryAfter;
        }

        (_since, _generation, Error) = (time.GetTimestamp(), generation, error);
    }

    public void End()
    {
        _failures = 0;
        Error = null;
    }

    /// <summary>Throws again what went wrong, while the pause lasts; a refusal only of the versions that were tried.</summary>
    /// <param name="generation">The present set of versions.</param>
    public void ThrowIfOn(long generation)
    {
        if (!IsOn)
        {
            return;
        }

        // A new exception for each caller: a shared one would collect their stack traces.
        switch (Error)
        {
            case CredentialUnavailableException refusal when generation == _generation:
                throw new CredentialUnavailableException(refusal.CredentialName, refusal.Cause, refusal.Fix);
            case TokenEndpointException failure:
                throw new HttpRequestException(failure.Failure.HttpRequestError, failure.Message, inner: null, failure.Failure.StatusCode);
            default:
                break;
        }
    }
}
