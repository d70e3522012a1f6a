namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>
/// The operations of AWS Secrets Manager that the backend needs, so that a client of your own can do them: see docs/aws-secrets-manager.md for an adapter over
/// the official AWSSDK.SecretsManager.
/// </summary>
/// <remarks>
/// Must be safe for concurrent use. Let the exceptions of the AWS SDK pass: their error codes tell the backend what went wrong. Nothing is retried here beyond what the
/// client does itself, and nothing is kept.
/// </remarks>
public interface ISecretsManagerClient
{
    /// <summary>The system name of the region that it asks, such as <c>eu-west-1</c>, or the address of a custom endpoint; for error messages.</summary>
    string Where { get; }

    /// <summary>Asks for the labels and tags of a secret, without a value.</summary>
    /// <param name="secretId">The secret's name, ARN or partial ARN.</param>
    /// <param name="ct">Cancels the call; pass it on.</param>
    /// <exception cref="Amazon.Runtime.AmazonServiceException">The service refused.</exception>
    Task<SecretDescription> DescribeSecretAsync(string secretId, CancellationToken ct);

    /// <summary>Asks for the value of one version.</summary>
    /// <param name="secretId">The secret's ARN.</param>
    /// <param name="versionId">The version's id.</param>
    /// <param name="ct">Cancels the call; pass it on.</param>
    /// <exception cref="Amazon.Runtime.AmazonServiceException">The service refused.</exception>
    Task<SecretVersionValue> GetSecretValueAsync(string secretId, string versionId, CancellationToken ct);

    /// <summary>Asks for the current values of many secrets. What it does not bring is read one by one.</summary>
    /// <param name="secretIds">Their ARNs, at most 20.</param>
    /// <param name="ct">Cancels the call; pass it on.</param>
    /// <exception cref="Amazon.Runtime.AmazonServiceException">The service refused.</exception>
    Task<IReadOnlyList<SecretVersionValue>> BatchGetSecretValueAsync(IReadOnlyList<string> secretIds, CancellationToken ct);

    /// <summary>
    /// Takes one label from a version (<c>UpdateSecretVersionStage</c>), when somebody asked for the version to be ended; nothing calls this by itself. What only reads needs no body of its own:
    /// without one, ending a version is an error that says so.
    /// </summary>
    /// <param name="secretId">The secret's ARN.</param>
    /// <param name="versionStage">The label. Never AWSCURRENT, which the service only moves.</param>
    /// <param name="removeFromVersionId">The id of the version that has it. It is moved to no other one.</param>
    /// <param name="ct">Cancels the call; pass it on.</param>
    /// <exception cref="Amazon.Runtime.AmazonServiceException">The service refused.</exception>
    /// <exception cref="NotSupportedException">The client cannot.</exception>
    Task UpdateSecretVersionStageAsync(string secretId, string versionStage, string removeFromVersionId, CancellationToken ct) => throw new NotSupportedException();
}
