using System.Text.Json;

namespace Amazon.SecretsManager.Model.Internal;

internal sealed class GetSecretValueRequestMarshaller : SecretsManagerRequestMarshaller<GetSecretValueRequest>
{
    private GetSecretValueRequestMarshaller()
        : base("GetSecretValue")
    {
    }

    public static GetSecretValueRequestMarshaller Instance { get; } = new();

    protected override void WriteMembers(GetSecretValueRequest request, Utf8JsonWriter writer)
    {
        writer.WriteString("SecretId", request.SecretId);
        if (request.VersionId is { } version)
        {
            writer.WriteString("VersionId", version);
        }
    }
}
