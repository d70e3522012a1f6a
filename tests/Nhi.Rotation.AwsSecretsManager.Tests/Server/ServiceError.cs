namespace Nhi.Rotation.AwsSecretsManager.Tests.Server;

/// <summary>An error of the protocol: a type and a message, as the service puts them into the body.</summary>
internal sealed class ServiceError(string type, string message, int status = 400) : Exception(message)
{
    public string Type { get; } = type;

    public int Status { get; } = status;

    public static ServiceError NotFound() => new("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

    public static ServiceError NoValue(string what) => new("ResourceNotFoundException", $"Secrets Manager can't find the specified secret value for {what}");

    public static ServiceError Invalid(string message) => new("InvalidParameterException", message);

    public static ServiceError MarkedDeleted() =>
        new("InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.");
}
