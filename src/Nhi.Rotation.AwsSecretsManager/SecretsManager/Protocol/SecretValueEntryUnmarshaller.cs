using System.Text.Json;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Amazon.SecretsManager.Model.Internal;

internal sealed class SecretValueEntryUnmarshaller : IJsonUnmarshaller<SecretValueEntry, JsonUnmarshallerContext>
{
    private SecretValueEntryUnmarshaller()
    {
    }

    public static SecretValueEntryUnmarshaller Instance { get; } = new();

    public SecretValueEntry Unmarshall(JsonUnmarshallerContext input, ref StreamingUtf8JsonReader reader)
    {
        var entry = new SecretValueEntry();
        input.Read(ref reader);
        if (input.CurrentTokenType == JsonTokenType.Null)
        {
            return entry;
        }

        var depth = input.CurrentDepth;
        while (input.ReadAtDepth(depth, ref reader))
        {
            ReadMember(entry, input, depth, ref reader);
        }

        return entry;
    }

    private static void ReadMember(SecretValueEntry entry, JsonUnmarshallerContext input, int depth, ref StreamingUtf8JsonReader reader)
    {
        if (input.TestExpression("ARN", depth, ref reader))
        {
            entry.ARN = StringUnmarshaller.Instance.Unmarshall(input, ref reader);
        }
        else if (input.TestExpression("CreatedDate", depth, ref reader))
        {
            entry.CreatedDate = NullableDateTimeUnmarshaller.Instance.Unmarshall(input, ref reader);
        }
        else if (input.TestExpression("SecretBinary", depth, ref reader))
        {
            entry.SecretBinary = MemoryStreamUnmarshaller.Instance.Unmarshall(input, ref reader);
        }
        else if (input.TestExpression("SecretString", depth, ref reader))
        {
            entry.SecretString = StringUnmarshaller.Instance.Unmarshall(input, ref reader);
        }
        else if (input.TestExpression("VersionId", depth, ref reader))
        {
            entry.VersionId = StringUnmarshaller.Instance.Unmarshall(input, ref reader);
        }
    }
}
