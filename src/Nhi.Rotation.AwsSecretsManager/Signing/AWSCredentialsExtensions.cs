using Amazon.Runtime;
using Nhi.Rotation.AwsSecretsManager;

namespace Nhi.Rotation;

/// <summary>AWS SDK clients whose access key rotates.</summary>
public static class AWSCredentialsExtensions
{
    /// <summary>
    /// Access keys of an IAM user that rotate, for any client of the AWS SDK. Each request is signed with the version that is current then: one use. A request that the service refuses
    /// for its key (<c>InvalidClientTokenId</c>, <c>UnrecognizedClientException</c>, <c>SignatureDoesNotMatch</c>, <c>ExpiredToken</c> and their kin) is signed and sent again with another
    /// version, as <see cref="Presenter{T}"/> finds it; a body that is a stream without seeking is sent once. Prefer a role: it needs no long-lived key.
    /// </summary>
    /// <param name="provider">
    /// The credential. Its value is JSON with the texts <c>AccessKeyId</c> and <c>SecretAccessKey</c>, and <c>SessionToken</c> if there is one, as
    /// <c>aws configure export-credentials</c> writes them, or <c>access_key</c>, <c>secret_key</c> and <c>security_token</c>, as Vault leases them; other properties are ignored. It is parsed once per version; a version that is malformed is logged
    /// (event 116) and the one before is used on.
    /// </param>
    /// <returns>Give it to clients, or to <c>AWSOptions.Credentials</c>. Safe for concurrent use.</returns>
    /// <remarks>Clients that were made before the app's first call of this method do not send again. The SDK's own retries come first.</remarks>
    public static AWSCredentials ToAWSCredentials(this IRotatingCredentialProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        RefusalCustomizer.Register();
        return new RotatingAWSCredentials(provider);
    }
}
