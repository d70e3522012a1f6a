using Amazon.Runtime;

namespace Amazon.SecretsManager.Model;

internal sealed class UpdateSecretVersionStageResponse : AmazonWebServiceResponse
{
    public string? ARN { get; set; }
}
