using Amazon.Runtime;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>Why a queue could not be read, with the fix. Texts are our own.</summary>
internal static class QueueErrors
{
    public static (string Cause, string Fix) Explain(Exception error) => error switch
    {
        AmazonServiceException { ErrorCode: { } code } when code.Contains("NonExistentQueue", StringComparison.Ordinal) || code.Contains("QueueDoesNotExist", StringComparison.Ordinal) =>
            ("there is no such queue", "Check the queue's address: region, account and name."),
        AmazonServiceException { ErrorCode: "AccessDenied" or "AccessDeniedException" } =>
            ("access was denied", "Grant sqs:ReceiveMessage and sqs:DeleteMessage on the queue to the app's AWS identity, and kms:Decrypt on its KMS key if it has one."),
        AmazonServiceException { ErrorCode: { Length: > 0 } code } => ($"SQS answered {Code(code)}", "Check the app's AWS identity, region and endpoint; see the AWS Health Dashboard if it lasts."),
        OperationCanceledException or TimeoutException => ("SQS did not answer in time", "Check the network path to it, including security groups and VPC endpoints."),
        AmazonClientException => ("the AWS SDK cannot work as it is set up", "Check region, profile, role and credentials."),
        _ => ($"it failed with {error.GetType().FullName}", "Check the network path to SQS, including proxy, security groups and VPC endpoints."),
    };

    /// <summary>A code that is safe to log, whatever was answered.</summary>
    public static string Code(string? code) => code is { Length: > 0 and <= 100 } && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '#') ? code : "an unknown code";
}
