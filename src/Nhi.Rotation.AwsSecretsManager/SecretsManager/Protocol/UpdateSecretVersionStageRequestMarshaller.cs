using System.Text.Json;

namespace Amazon.SecretsManager.Model.Internal;

internal sealed class UpdateSecretVersionStageRequestMarshaller : SecretsManagerRequestMarshaller<UpdateSecretVersionStageRequest>
{
    private UpdateSecretVersionStageRequestMarshaller()
        : base("UpdateSecretVersionStage")
    {
    }

    public static UpdateSecretVersionStageRequestMarshaller Instance { get; } = new();

    protected override void WriteMembers(UpdateSecretVersionStageRequest request, Utf8JsonWriter writer)
    {
        writer.WriteString("SecretId", request.SecretId);
        writer.WriteString("VersionStage", request.VersionStage);
        writer.WriteString("RemoveFromVersionId", request.RemoveFromVersionId);
    }
}
