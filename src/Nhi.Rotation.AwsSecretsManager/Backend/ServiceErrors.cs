using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>Turns what the service answered into an error with a cause and a fix. Texts are our own: the service's could quote what was sent or stored.</summary>
internal static class ServiceErrors
{
    public static BackendException Map(AmazonServiceException error, SecretCall call, string action)
    {
        var secret = $"secret '{call.Address.SecretId}'";
        var tag = Guid.TryParse(error.RequestId, out var id) ? $" (request id {id})" : string.Empty;
        switch (error.ErrorCode)
        {
            case "ResourceNotFoundException":
                return call.Error(
                    BackendFailure.NotFound,
                    $"{call.Where} has no {secret}{tag}",
                    "Check the name or ARN, the account of the AWS credentials, and the region.");
            case "InvalidRequestException" when IsDeletion(error):
                return Deleted(call);
            case "InvalidRequestException" or "InvalidParameterException" or "ValidationException":
                return call.Error(
                    BackendFailure.Misconfigured, $"{call.Where} refused the request for {secret} as invalid{tag}", "Check that the secret's name or ARN is complete and spelt right.");
            default:
                return Denied(error, call, action, secret, tag) ?? ByStatus(error, call, secret, tag);
        }
    }

    public static BackendException Deleted(SecretCall call) => call.Error(
        BackendFailure.NotFound,
        $"secret '{call.Address.SecretId}' is scheduled for deletion",
        "Restore it (aws secretsmanager restore-secret), or point the credential at its successor; what was read before stays in use.");

    public static bool IsDenied(AmazonServiceException error) => error.ErrorCode is "AccessDeniedException" or "AccessDenied";

    public static bool IsNotFound(Exception error) => error is AmazonServiceException { ErrorCode: "ResourceNotFoundException" };

    private static BackendException? Denied(AmazonServiceException error, SecretCall call, string action, string secret, string tag)
    {
        switch (error.ErrorCode)
        {
            case "AccessDeniedException" or "AccessDenied" when IsKms(error):
                return call.Error(
                    BackendFailure.AccessDenied,
                    $"the KMS key of {secret} may not be used{tag}",
                    "Grant kms:Decrypt on the secret's KMS key, in the IAM policy and in the key's own policy.");
            case "AccessDeniedException" or "AccessDenied":
                return call.Error(
                    BackendFailure.AccessDenied,
                    $"{call.Where} refused {action} on {secret}{tag}",
                    $"Grant {action} on the secret to the app's AWS identity, and check the secret's resource policy and any VPC endpoint policy.");
            case "DecryptionFailure" or "DecryptionFailureException":
                return call.Error(
                    BackendFailure.AccessDenied,
                    $"{call.Where} could not decrypt {secret} with its KMS key{tag}",
                    "Check that the KMS key exists and is enabled, and grant kms:Decrypt on it.");
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

    private static BackendException ByStatus(AmazonServiceException error, SecretCall call, string secret, string tag)
    {
        if (error.StatusCode == HttpStatusCode.TooManyRequests || error.ErrorCode is { } code && IsThrottling(code))
        {
            return new BackendException(
                call.CredentialName,
                BackendFailure.Throttled,
                $"{call.Where} asked for fewer requests{tag}",
                "Nothing, if it is rare. Else refresh less often, or raise the account's request quota.")
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
                BackendFailure.AccessDenied, $"{call.Where} refused the request for {secret} with HTTP {(int)error.StatusCode}{tag}", "Check the app's AWS identity and its permissions."),
            _ => call.Error(
                BackendFailure.Misconfigured, $"{call.Where} refused the request for {secret} with HTTP {(int)error.StatusCode}{tag}", "Check the region and the endpoint."),
        };
    }

    // The error types that the AWS SDKs count as throttling.
    private static bool IsThrottling(string code) => code is
        "Throttling" or "ThrottlingException" or "ThrottledException" or "RequestThrottled" or "RequestThrottledException" or "TooManyRequestsException"
        or "RequestLimitExceeded" or "LimitExceededException" or "BandwidthLimitExceeded" or "PriorRequestNotComplete" or "SlowDown";

    // Read for what they tell, never passed on.
    private static bool IsKms(AmazonServiceException error) => error.Message.Contains("KMS", StringComparison.OrdinalIgnoreCase);

    private static bool IsDeletion(AmazonServiceException error) =>
        error.Message.Contains("delet", StringComparison.OrdinalIgnoreCase);

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
