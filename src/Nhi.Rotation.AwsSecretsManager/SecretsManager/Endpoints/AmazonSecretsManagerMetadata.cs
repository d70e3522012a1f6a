using Amazon.Runtime.Internal;

namespace Amazon.SecretsManager.Internal;

internal sealed class AmazonSecretsManagerMetadata : IServiceMetadata
{
    public const string Id = "Secrets Manager";

    public string ServiceId => Id;

    public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();
}
