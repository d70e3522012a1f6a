namespace Nhi.Rotation.OAuth;

/// <summary>The token endpoint gave no token, for a reason that is not the secret as far as is known. Does not leave this room.</summary>
#pragma warning disable CA1064 // What callers are told is its Failure.
internal sealed class TokenEndpointException(HttpRequestException failure, TimeSpan? retryAfter) : Exception(failure.Message)
#pragma warning restore CA1064
{
    /// <summary>What callers are told.</summary>
    public HttpRequestException Failure => failure;

    /// <summary>How long the endpoint wants to be left alone.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}
