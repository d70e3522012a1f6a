using Amazon.Runtime;

namespace Amazon.SecretsManager.Model;

internal sealed class DescribeSecretResponse : AmazonWebServiceResponse
{
    public string? ARN { get; set; }

    public DateTime? DeletedDate { get; set; }

    public string? Name { get; set; }

    public List<Tag>? Tags { get; set; }

    public Dictionary<string, List<string>>? VersionIdsToStages { get; set; }
}
