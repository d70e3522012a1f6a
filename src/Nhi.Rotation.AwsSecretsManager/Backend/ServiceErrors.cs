using Amazon.Runtime;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>What Secrets Manager alone answers, as errors with a cause and a fix; the rest is as with any AWS service.</summary>
internal static class ServiceErrors
{
    public static BackendException Map(AmazonServiceException error, AwsCall call, string action) => error.ErrorCode switch
    {
        "ResourceNotFoundException" => call.Error(
            BackendFailure.NotFound,
            $"{call.Where} has no {call.Subject}{AnswerErrors.Tag(error)}",
            "Check the name or ARN, the account of the AWS credentials, and the region."),
        "InvalidRequestException" when IsDeletion(error) => Deleted(call),
        "InvalidRequestException" or "InvalidParameterException" or "ValidationException" => call.Error(
            BackendFailure.Misconfigured, $"{call.Where} refused the request for {call.Subject} as invalid{AnswerErrors.Tag(error)}", "Check that the secret's name or ARN is complete and spelt right."),
        "DecryptionFailure" or "DecryptionFailureException" => call.Error(
            BackendFailure.AccessDenied,
            $"{call.Where} could not decrypt {call.Subject} with its KMS key{AnswerErrors.Tag(error)}",
            "Check that the KMS key exists and is enabled, and grant kms:Decrypt on it."),
        _ => AnswerErrors.Map(error, call, action),
    };

    public static BackendException Deleted(AwsCall call) => call.Error(
        BackendFailure.NotFound,
        $"{call.Subject} is scheduled for deletion",
        "Restore it (aws secretsmanager restore-secret), or point the credential at its successor; what was read before stays in use.");

    public static bool IsNotFound(Exception error) => error is AmazonServiceException { ErrorCode: "ResourceNotFoundException" };

    // Read for what it tells, never passed on.
    private static bool IsDeletion(AmazonServiceException error) =>
        error.Message.Contains("delet", StringComparison.OrdinalIgnoreCase);
}
