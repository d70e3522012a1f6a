using Amazon.Runtime;
using Nhi.Rotation.AwsSecretsManager;

namespace Nhi.Rotation;

/// <summary>AWS SDK clients whose access key rotates.</summary>
public static class AWSCredentialsExtensions
{
    /// <summary>
    /// Access keys of an IAM user that rotate, for any client of the AWS SDK. Each request is signed with the version that is current then, and counts for it:
    /// the SDK asks for the key several times a request (three times in AWSSDK.Core 4.1), each of which is a use. Prefer a role: it needs no long-lived key.
    /// </summary>
    /// <param name="provider">
    /// The credential. Its value is JSON with the texts <c>AccessKeyId</c> and <c>SecretAccessKey</c>, and <c>SessionToken</c> if there is one, as the AWS CLI writes
    /// them; other properties are ignored. It is parsed once per version; a version that is malformed is logged (event 116) and the one before is used on.
    /// </param>
    /// <returns>Give it to clients, or to <c>AWSOptions.Credentials</c>. Safe for concurrent use.</returns>
    public static AWSCredentials ToAWSCredentials(this IRotatingCredentialProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return new RotatingAWSCredentials(provider);
    }
}
