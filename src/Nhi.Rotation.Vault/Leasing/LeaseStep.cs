namespace Nhi.Rotation.Vault.Leasing;

/// <summary>What is done about the present lease when the engine asks.</summary>
internal enum LeaseStep
{
    /// <summary>It has time: Vault is asked whether it is still there.</summary>
    Keep,

    /// <summary>It is renewed.</summary>
    Renew,

    /// <summary>It cannot be renewed any further: another one takes its place, while it is still valid.</summary>
    Replace,
}
