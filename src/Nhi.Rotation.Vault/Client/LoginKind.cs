namespace Nhi.Rotation.Vault.Client;

/// <summary>What is presented to log in.</summary>
internal enum LoginKind
{
    /// <summary>A role's id and a secret id.</summary>
    AppRole,

    /// <summary>A signed token.</summary>
    Jwt,

    /// <summary>A client certificate.</summary>
    Certificate,

    /// <summary>The token of a service account.</summary>
    Kubernetes,
}
