using Amazon.Runtime;
using Nhi.Rotation.AwsSecretsManager;

namespace Nhi.Rotation.AwsParameterStore.Parameters;

/// <summary>Whom an error is about: the credential, the parameter and where it was looked for.</summary>
internal readonly record struct ParameterCall(string CredentialName, ParameterAddress Address, string Where)
{
    public const string HistoryAction = "ssm:GetParameterHistory";
    public const string ValueAction = "ssm:GetParameters";
    public const string LabelAction = "ssm:LabelParameterVersion";

    public AwsCall Aws => new(CredentialName, "Parameter Store", "parameter", Address.Name, Where);

    public BackendException Invalid(string cause, string fix) => Aws.Invalid(cause, fix);

    public BackendException NotFound(string cause) => Aws.Error(
        BackendFailure.NotFound, cause, "Check the name, the account of the AWS credentials, and the region. An expiration policy deletes a parameter when its date comes; put a new version to bring it back.");

    /// <summary>Any failure of a call, with a cause and a fix.</summary>
    public BackendException Map(Exception error, string action)
    {
        var call = this;
        return ClientErrors.Map(error, Aws, answer => call.Answered(answer, action));
    }

    private BackendException Answered(AmazonServiceException error, string action) => error.ErrorCode switch
    {
        "ParameterNotFound" or "ParameterNotFoundException" => NotFound($"{Where} has no {Aws.Subject}{AnswerErrors.Tag(error)}"),
        "InvalidKeyId" or "InvalidKeyIdException" => Aws.Error(
            BackendFailure.AccessDenied,
            $"{Where} could not decrypt {Aws.Subject} with its KMS key{AnswerErrors.Tag(error)}",
            "Check that the KMS key exists and is enabled, and grant kms:Decrypt on it."),
        "TooManyUpdates" => Aws.Error(BackendFailure.Throttled, $"{Where} has another change of {Aws.Subject} under way{AnswerErrors.Tag(error)}", "Try again in a moment."),
        "ParameterVersionLabelLimitExceeded" => Aws.Error(
            BackendFailure.Misconfigured, $"the version of {Aws.Subject} has ten labels, which is the most{AnswerErrors.Tag(error)}", "Take one off first (aws ssm unlabel-parameter-version)."),
        "ValidationException" or "InvalidNextToken" => Aws.Error(
            BackendFailure.Misconfigured, $"{Where} refused the request for {Aws.Subject} as invalid{AnswerErrors.Tag(error)}", "Check that the parameter's name or ARN is complete and spelt right."),
        _ => AnswerErrors.Map(error, Aws, action),
    };
}
