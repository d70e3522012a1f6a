using Amazon.Runtime;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>Why a queue could not be read, with the fix. Texts are our own.</summary>
internal static class QueueErrors
{
    public static (string Cause, string Fix) Explain(Exception error) => error switch
    {
        AmazonServiceException { ErrorCode: { Length: > 0 } code } => Explain(code),
        OperationCanceledException or TimeoutException => ("SQS did not answer in time", "Check the network path to it, including security groups and VPC endpoints."),
        AmazonClientException => ("the AWS SDK cannot work as it is set up", "Check region, profile, role and credentials."),
        _ => ($"it failed with {error.GetType().FullName}", "Check the network path to SQS, including proxy, security groups and VPC endpoints."),
    };

    /// <summary>What an error code of SQS means: of a call, or of one message in it.</summary>
    public static (string Cause, string Fix) Explain(string? code) => code switch
    {
        not null when code.Contains("NonExistentQueue", StringComparison.Ordinal) || code.Contains("QueueDoesNotExist", StringComparison.Ordinal) =>
            ("there is no such queue", "Check the queue's address: region, account and name."),
        not null when code.StartsWith("KMS", StringComparison.OrdinalIgnoreCase) =>
            ("the queue's KMS key may not be used", "Grant kms:Decrypt on it to the app's AWS identity, in the IAM policy and in the key's own policy, and check that the key is enabled."),
        "AccessDenied" or "AccessDeniedException" =>
            ("access was denied", "Grant sqs:ReceiveMessage and sqs:DeleteMessage on the queue to the app's AWS identity, and check the queue's policy and any VPC endpoint policy."),
        "ExpiredToken" or "ExpiredTokenException" =>
            ("the AWS session token has expired", "Renew the session, or use a role whose credentials the AWS SDK renews by itself."),
        "InvalidClientTokenId" or "UnrecognizedClientException" or "MissingAuthenticationToken" or "MissingAuthenticationTokenException" or "InvalidSecurity" =>
            ("SQS does not know the AWS credentials", "Check the access key and its session token, and that the account has the region enabled."),
        "SignatureDoesNotMatch" or "InvalidSignatureException" or "RequestExpired" or "IncompleteSignature" =>
            ("SQS refused the signature of the request", "Check the secret access key, the region, and that this machine's clock is right to within 5 minutes."),
        "OverLimit" => ("too many messages are in flight", "Check that messages can be deleted, and that nothing else receives from this queue."),
        "RequestThrottled" or "ThrottlingException" or "Throttling" => ("SQS asked for fewer requests", "Do nothing if it is rare. Else check what else reads this queue."),
        _ => ($"SQS answered {Printable(code)}", "Check the app's AWS identity, region and endpoint; see the AWS Health Dashboard if it lasts."),
    };

    // A code that is safe to log, whatever was answered.
    private static string Printable(string? code) => code is { Length: > 0 and <= 100 } && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '#') ? code : "an unknown code";
}
