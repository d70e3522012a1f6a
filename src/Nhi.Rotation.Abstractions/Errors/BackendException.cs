namespace Nhi.Rotation;

/// <summary>A backend could not list a credential. The last good set stays in use.</summary>
public sealed class BackendException : CredentialException
{
    /// <summary>Makes an error.</summary>
    /// <param name="credentialName">The credential.</param>
    /// <param name="failure">The kind of failure.</param>
    /// <param name="cause">What happened, as the middle of a sentence. Never a response body.</param>
    /// <param name="fix">What to do about it, as a sentence.</param>
    public BackendException(string credentialName, BackendFailure failure, string cause, string fix)
        : base(credentialName, cause, fix)
    {
        Failure = failure;
    }

    /// <summary>The kind of failure.</summary>
    public BackendFailure Failure { get; }

    /// <summary>Whether asking again soon can help.</summary>
    public bool IsTransient => Failure is BackendFailure.Unavailable or BackendFailure.Throttled;

    /// <summary>How long the backend asked us to wait, if it did.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
