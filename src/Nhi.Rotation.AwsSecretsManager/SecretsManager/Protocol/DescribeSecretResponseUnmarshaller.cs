using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Amazon.SecretsManager.Model.Internal;

internal sealed class DescribeSecretResponseUnmarshaller : SecretsManagerResponseUnmarshaller<DescribeSecretResponse>
{
    private static readonly JsonListUnmarshaller<Tag, TagUnmarshaller> Tags = new(TagUnmarshaller.Instance);

    private static readonly JsonDictionaryUnmarshaller<string, List<string>, StringUnmarshaller, JsonListUnmarshaller<string, StringUnmarshaller>> Stages =
        new(StringUnmarshaller.Instance, new JsonListUnmarshaller<string, StringUnmarshaller>(StringUnmarshaller.Instance));

    private DescribeSecretResponseUnmarshaller()
    {
    }

    public static DescribeSecretResponseUnmarshaller Instance { get; } = new();

    protected override void ReadMember(DescribeSecretResponse response, JsonUnmarshallerContext context, int depth, ref StreamingUtf8JsonReader reader)
    {
        if (context.TestExpression("ARN", depth, ref reader))
        {
            response.ARN = StringUnmarshaller.Instance.Unmarshall(context, ref reader);
        }
        else if (context.TestExpression("DeletedDate", depth, ref reader))
        {
            response.DeletedDate = NullableDateTimeUnmarshaller.Instance.Unmarshall(context, ref reader);
        }
        else if (context.TestExpression("Name", depth, ref reader))
        {
            response.Name = StringUnmarshaller.Instance.Unmarshall(context, ref reader);
        }
        else if (context.TestExpression("Tags", depth, ref reader))
        {
            response.Tags = Tags.Unmarshall(context, ref reader);
        }
        else if (context.TestExpression("VersionIdsToStages", depth, ref reader))
        {
            response.VersionIdsToStages = Stages.Unmarshall(context, ref reader);
        }
    }
}
