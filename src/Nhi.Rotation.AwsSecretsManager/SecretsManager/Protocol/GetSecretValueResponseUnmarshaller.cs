using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Amazon.SecretsManager.Model.Internal;

internal sealed class GetSecretValueResponseUnmarshaller : SecretsManagerResponseUnmarshaller<GetSecretValueResponse>
{
    private GetSecretValueResponseUnmarshaller()
    {
    }

    public static GetSecretValueResponseUnmarshaller Instance { get; } = new();

    protected override void ReadMember(GetSecretValueResponse response, JsonUnmarshallerContext context, int depth, ref StreamingUtf8JsonReader reader)
    {
        if (context.TestExpression("ARN", depth, ref reader))
        {
            response.ARN = StringUnmarshaller.Instance.Unmarshall(context, ref reader);
        }
        else if (context.TestExpression("CreatedDate", depth, ref reader))
        {
            response.CreatedDate = NullableDateTimeUnmarshaller.Instance.Unmarshall(context, ref reader);
        }
        else if (context.TestExpression("Name", depth, ref reader))
        {
            response.Name = StringUnmarshaller.Instance.Unmarshall(context, ref reader);
        }
        else if (context.TestExpression("SecretBinary", depth, ref reader))
        {
            response.SecretBinary = MemoryStreamUnmarshaller.Instance.Unmarshall(context, ref reader);
        }
        else if (context.TestExpression("SecretString", depth, ref reader))
        {
            response.SecretString = StringUnmarshaller.Instance.Unmarshall(context, ref reader);
        }
        else if (context.TestExpression("VersionId", depth, ref reader))
        {
            response.VersionId = StringUnmarshaller.Instance.Unmarshall(context, ref reader);
        }
    }
}
