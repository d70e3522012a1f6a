using System.Net;
using Amazon.Runtime;

namespace Amazon.SecretsManager;

/// <summary>An error that the service answered with; <see cref="AmazonServiceException.ErrorCode"/> tells which.</summary>
internal sealed class AmazonSecretsManagerException : AmazonServiceException
{
    public AmazonSecretsManagerException(string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}
