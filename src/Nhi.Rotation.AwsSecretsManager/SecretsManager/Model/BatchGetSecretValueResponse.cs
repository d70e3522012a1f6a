using Amazon.Runtime;

namespace Amazon.SecretsManager.Model;

internal sealed class BatchGetSecretValueResponse : AmazonWebServiceResponse
{
    public List<SecretValueEntry>? SecretValues { get; set; }
}
