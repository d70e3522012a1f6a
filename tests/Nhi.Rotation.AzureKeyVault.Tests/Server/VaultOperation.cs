namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>What a request asks for.</summary>
public enum VaultOperation
{
    ListSecrets,
    ListVersions,
    GetSecret,
    SetSecret,
    UpdateSecret,
    DeleteSecret,
    ListDeleted,
    GetDeleted,
    RecoverDeleted,
    PurgeDeleted,
    Token,
}
