using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Amazon.SecretsManager.Model.Internal;

internal sealed class UpdateSecretVersionStageResponseUnmarshaller : SecretsManagerResponseUnmarshaller<UpdateSecretVersionStageResponse>
{
    private UpdateSecretVersionStageResponseUnmarshaller()
    {
    }

    public static UpdateSecretVersionStageResponseUnmarshaller Instance { get; } = new();

    protected override void ReadMember(UpdateSecretVersionStageResponse response, JsonUnmarshallerContext context, int depth, ref StreamingUtf8JsonReader reader)
    {
        if (context.TestExpression("ARN", depth, ref reader))
        {
            response.ARN = StringUnmarshaller.Instance.Unmarshall(context, ref reader);
        }
    }
}
