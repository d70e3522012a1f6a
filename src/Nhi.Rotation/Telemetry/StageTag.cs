namespace Nhi.Rotation.Telemetry;

/// <summary>A stage as a tag value.</summary>
internal static class StageTag
{
    public static string Of(CredentialStage stage) => stage switch
    {
        CredentialStage.Pending => "pending",
        CredentialStage.Current => "current",
        CredentialStage.Previous => "previous",
        CredentialStage.Retired => "retired",
        _ => "revoked",
    };
}
