using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Amazon.SecretsManager.Model.Internal;

internal sealed class BatchGetSecretValueResponseUnmarshaller : SecretsManagerResponseUnmarshaller<BatchGetSecretValueResponse>
{
    private static readonly JsonListUnmarshaller<SecretValueEntry, SecretValueEntryUnmarshaller> Entries = new(SecretValueEntryUnmarshaller.Instance);

    private BatchGetSecretValueResponseUnmarshaller()
    {
    }

    public static BatchGetSecretValueResponseUnmarshaller Instance { get; } = new();

    protected override void ReadMember(BatchGetSecretValueResponse response, JsonUnmarshallerContext context, int depth, ref StreamingUtf8JsonReader reader)
    {
        if (context.TestExpression("SecretValues", depth, ref reader))
        {
            response.SecretValues = Entries.Unmarshall(context, ref reader);
        }
    }
}
