using System.Text.Json;

namespace Amazon.SecretsManager.Model.Internal;

internal sealed class BatchGetSecretValueRequestMarshaller : SecretsManagerRequestMarshaller<BatchGetSecretValueRequest>
{
    private BatchGetSecretValueRequestMarshaller()
        : base("BatchGetSecretValue")
    {
    }

    public static BatchGetSecretValueRequestMarshaller Instance { get; } = new();

    protected override void WriteMembers(BatchGetSecretValueRequest request, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("SecretIdList");
        foreach (var id in request.SecretIdList ?? [])
        {
            writer.WriteStringValue(id);
        }

        writer.WriteEndArray();
    }
}
