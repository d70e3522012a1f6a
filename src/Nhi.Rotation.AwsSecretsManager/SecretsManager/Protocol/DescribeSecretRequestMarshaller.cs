using System.Text.Json;

namespace Amazon.SecretsManager.Model.Internal;

internal sealed class DescribeSecretRequestMarshaller : SecretsManagerRequestMarshaller<DescribeSecretRequest>
{
    private DescribeSecretRequestMarshaller()
        : base("DescribeSecret")
    {
    }

    public static DescribeSecretRequestMarshaller Instance { get; } = new();

    protected override void WriteMembers(DescribeSecretRequest request, Utf8JsonWriter writer) => writer.WriteString("SecretId", request.SecretId);
}
