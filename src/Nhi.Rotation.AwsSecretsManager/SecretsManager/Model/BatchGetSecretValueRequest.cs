using Amazon.Runtime;

namespace Amazon.SecretsManager.Model;

internal sealed class BatchGetSecretValueRequest : AmazonWebServiceRequest
{
    public List<string>? SecretIdList { get; set; }
}
