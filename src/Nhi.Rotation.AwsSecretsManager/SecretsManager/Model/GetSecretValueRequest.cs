using Amazon.Runtime;

namespace Amazon.SecretsManager.Model;

internal sealed class GetSecretValueRequest : AmazonWebServiceRequest
{
    public string? SecretId { get; set; }

    public string? VersionId { get; set; }
}
