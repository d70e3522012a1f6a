using Amazon.Runtime;

namespace Amazon.SecretsManager.Model;

internal sealed class UpdateSecretVersionStageRequest : AmazonWebServiceRequest
{
    public string? RemoveFromVersionId { get; set; }

    public string? SecretId { get; set; }

    public string? VersionStage { get; set; }
}
