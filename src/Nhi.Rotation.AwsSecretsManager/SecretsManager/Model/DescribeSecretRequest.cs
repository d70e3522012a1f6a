using Amazon.Runtime;

namespace Amazon.SecretsManager.Model;

internal sealed class DescribeSecretRequest : AmazonWebServiceRequest
{
    public string? SecretId { get; set; }
}
