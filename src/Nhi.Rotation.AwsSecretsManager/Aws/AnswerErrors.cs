using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>
/// What AWS services have in common in what they refuse, as errors with a cause and a fix. Texts are our own: the service's could quote what was sent or stored.
/// </summary>
internal static class AnswerErrors
{
    public static BackendException Map(AmazonServiceException error, AwsCall call, string action) => Denied(error, call, action) ?? ByStatus(error, call);

    /// <summary>The request id for AWS support, if the answer has one that is fit to be shown.</summary>
    public static string Tag(AmazonServiceException error) => Guid.TryParse(error.RequestId, out var id) ? $" (request id {id})" : string.Empty;

    public static bool IsDenied(AmazonServiceException error) => error.ErrorCode is "AccessDeniedException" or "AccessDenied";

    public static bool IsThrottled(AmazonServiceException error) =>
        error.StatusCode == HttpStatusCode.TooManyRequests || (error.ErrorCode is { } code && IsThrottling(code));

    private static BackendException? Denied(AmazonServiceException error, AwsCall call, string action)
    {
        var (subject, tag) = (call.Subject, Tag(error));
        switch (error.ErrorCode)
        {
            case "AccessDeniedException" or "AccessDenied" when IsKms(error):
                return call.Error(
                    BackendFailure.AccessDenied,
                    $"the KMS key of {subject} may not be used{tag}",
                    $"Grant kms:Decrypt on the {call.Thing}'s KMS key, in the IAM policy and in the key's own policy.");
            case "AccessDeniedException" or "AccessDenied":
                return call.Error(
                    BackendFailure.AccessDenied,
                    $"{call.Where} refused {action} on {subject}{tag}",
                    $"Grant {action} on the {call.Thing} to the app's AWS identity, and check the {call.Thing}'s resource policy and any VPC endpoint policy.");
            case "ExpiredTokenException" or "ExpiredToken":
                return call.Error(
                    BackendFailure.AccessDenied, $"the AWS session token has expired{tag}", "Renew the session, or use a role whose credentials the AWS SDK renews by itself.");
            case "UnrecognizedClientException" or "InvalidClientTokenId" or "InvalidClientTokenIdException" or "MissingAuthenticationToken" or "MissingAuthenticationTokenException"
                or "MissingAuthToken" or "AuthFailure" or "NotAuthorized":
                return call.Error(
                    BackendFailure.AccessDenied,
                    $"{call.Where} does not know the AWS credentials{tag}",
                    "Check the access key and its session token, and that the account has the region enabled.");
            case "OptInRequired" or "OptInRequiredException":
                return call.Error(BackendFailure.AccessDenied, $"the AWS account has not enabled {call.Where}{tag}", "Enable the region for the account, or use another.");
            case "InvalidSignatureException" or "SignatureDoesNotMatch" or "IncompleteSignature" or "IncompleteSignatureException" or "RequestTimeTooSkewed" or "RequestExpired":
                return call.Error(
                    BackendFailure.AccessDenied,
                    $"{call.Where} refused the signature of the request{tag}",
                    "Check the secret access key, and that this machine's clock is right to within 5 minutes.");
            default:
                return null;
        }
    }

    private static BackendException ByStatus(AmazonServiceException error, AwsCall call)
    {
        var tag = Tag(error);
        if (IsThrottled(error))
        {
            return new BackendException(
                call.CredentialName,
                BackendFailure.Throttled,
                $"{call.Where} asked for fewer requests{tag}",
                "Do nothing if it is rare. Else refresh less often, or raise the account's request quota.")
            {
                RetryAfter = RetryAfter(error),
            };
        }

        if (error is AmazonUnmarshallingException)
        {
            return call.Invalid(
                $"the answer of {call.Where} could not be read{tag}",
                "Check for a proxy or a custom endpoint that changes answers; the answer is withheld here because it may contain the value.");
        }

        return error.StatusCode switch
        {
            // What obtains AWS credentials reports its own failures without code and status.
            0 => call.Error(
                BackendFailure.Unavailable,
                "no AWS credentials could be obtained from their source",
                "Check that the instance's, task's or pod's credential endpoint can be reached, and that it has a role."),
            >= HttpStatusCode.InternalServerError => call.Error(
                BackendFailure.Unavailable, $"{call.Where} failed with HTTP {(int)error.StatusCode}{tag}", "Wait: it is asked again. See the AWS Health Dashboard if it lasts."),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => call.Error(
                BackendFailure.AccessDenied, $"{call.Where} refused the request for {call.Subject} with HTTP {(int)error.StatusCode}{tag}", "Check the app's AWS identity and its permissions."),
            _ => call.Error(
                BackendFailure.Misconfigured, $"{call.Where} refused the request for {call.Subject} with HTTP {(int)error.StatusCode}{tag}", "Check the region and the endpoint."),
        };
    }

    // The error types that the AWS SDKs count as throttling.
    private static bool IsThrottling(string code) => code is
        "Throttling" or "ThrottlingException" or "ThrottledException" or "RequestThrottled" or "RequestThrottledException" or "TooManyRequestsException"
        or "RequestLimitExceeded" or "LimitExceededException" or "BandwidthLimitExceeded" or "PriorRequestNotComplete" or "SlowDown";

    // Read for what it tells, never passed on.
    private static bool IsKms(AmazonServiceException error) => error.Message.Contains("KMS", StringComparison.OrdinalIgnoreCase);

    private static TimeSpan? RetryAfter(AmazonServiceException error)
    {
        if (error.InnerException is not HttpErrorResponseException { Response: { } response })
        {
            return null;
        }

        return Number(response.GetHeaderValue("x-amz-retry-after")) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds)
            : Number(response.GetHeaderValue("Retry-After")) is { } seconds ? TimeSpan.FromSeconds(seconds)
            : null;
    }

    private static int? Number(string? header) =>
        int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
