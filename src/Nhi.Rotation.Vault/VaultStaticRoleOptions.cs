namespace Nhi.Rotation.Vault;

/// <summary>How the password of a static role is read from HashiCorp Vault or OpenBao. Read once, when the credential is added.</summary>
public sealed class VaultStaticRoleOptions : VaultConnectionOptions
{
    /// <summary>The field of the answer whose string is the value. <see langword="null"/>, the default, takes the whole object as JSON text, with user name and password and without its dates.</summary>
    public string? Field { get; set; }
}
