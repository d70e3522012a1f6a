using Amazon.Runtime;
using Nhi.Rotation.AwsSecretsManager;

namespace Nhi.Rotation;

/// <summary>AWS SDK clients whose access key rotates.</summary>
public static class AWSCredentialsExtensions
{
    // What services call a key that they do not know, whose secret is another one, or that has expired. Query, JSON and S3 protocols name them differently.
    private static readonly HashSet<string> Rejections = new(StringComparer.Ordinal)
    {
        "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure", "SignatureDoesNotMatch", "InvalidSignatureException",
        "ExpiredToken", "ExpiredTokenException",
    };

    /// <summary>
    /// Access keys of an IAM user that rotate, for any client of the AWS SDK. Each request is signed with the version that is current then, and counts for it:
    /// the SDK asks for the key several times a request (three times in AWSSDK.Core 4.1), each of which is a use. Prefer a role: it needs no long-lived key.
    /// </summary>
    /// <param name="provider">
    /// The credential. Its value is JSON with the texts <c>AccessKeyId</c> and <c>SecretAccessKey</c>, and <c>SessionToken</c> if there is one, as
    /// <c>aws configure export-credentials</c> writes them; other properties are ignored. It is parsed once per version; a version that is malformed is logged
    /// (event 116) and the one before is used on.
    /// </param>
    /// <returns>Give it to clients, or to <c>AWSOptions.Credentials</c>. Safe for concurrent use.</returns>
    public static AWSCredentials ToAWSCredentials(this IRotatingCredentialProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return new RotatingAWSCredentials(provider);
    }

    /// <summary>
    /// Lets a client tell what the service says of the key: an answer as acceptance; <c>InvalidClientTokenId</c>, <c>UnrecognizedClientException</c>,
    /// <c>SignatureDoesNotMatch</c>, <c>ExpiredToken</c> and their kin as rejection. A request that was refused is not repeated, but the next one is
    /// signed with another version that may be presented, newest first, until one is accepted: so a key that keeps being refused while another works is given up after its third rejection.
    /// </summary>
    /// <typeparam name="TClient">The client's type.</typeparam>
    /// <param name="client">The client.</param>
    /// <param name="credentials">What it was made with: the result of <see cref="ToAWSCredentials"/>.</param>
    /// <returns>The same client.</returns>
    /// <exception cref="ArgumentException">The credentials are of another kind.</exception>
    public static TClient ReportTo<TClient>(this TClient client, AWSCredentials credentials)
        where TClient : AmazonServiceClient
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(credentials);
        if (credentials is not RotatingAWSCredentials rotating)
        {
            throw new ArgumentException("These credentials do not rotate. Give the client and this call the result of provider.ToAWSCredentials().", nameof(credentials));
        }

        client.AfterResponseEvent += (_, response) =>
        {
            if (response is WebServiceResponseEventArgs web)
            {
                rotating.Report(web.RequestHeaders, CredentialOutcome.Accepted);
            }
        };
        client.ExceptionEvent += (_, failure) =>
        {
            if (failure is WebServiceExceptionEventArgs { Exception: AmazonServiceException { ErrorCode: { } code } } web && Rejections.Contains(code))
            {
                rotating.Report(web.Headers, CredentialOutcome.Rejected);
            }
        };
        return client;
    }
}
