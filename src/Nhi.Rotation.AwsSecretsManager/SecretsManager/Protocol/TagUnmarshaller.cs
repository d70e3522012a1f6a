using System.Text.Json;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Amazon.SecretsManager.Model.Internal;

internal sealed class TagUnmarshaller : IJsonUnmarshaller<Tag, JsonUnmarshallerContext>
{
    private TagUnmarshaller()
    {
    }

    public static TagUnmarshaller Instance { get; } = new();

    public Tag Unmarshall(JsonUnmarshallerContext input, ref StreamingUtf8JsonReader reader)
    {
        var tag = new Tag();
        input.Read(ref reader);
        if (input.CurrentTokenType == JsonTokenType.Null)
        {
            return tag;
        }

        var depth = input.CurrentDepth;
        while (input.ReadAtDepth(depth, ref reader))
        {
            if (input.TestExpression("Key", depth, ref reader))
            {
                tag.Key = StringUnmarshaller.Instance.Unmarshall(input, ref reader);
            }
            else if (input.TestExpression("Value", depth, ref reader))
            {
                tag.Value = StringUnmarshaller.Instance.Unmarshall(input, ref reader);
            }
        }

        return tag;
    }
}
