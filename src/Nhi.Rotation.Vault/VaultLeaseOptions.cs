namespace Nhi.Rotation.Vault;

/// <summary>How leases are had from a secrets engine of HashiCorp Vault or OpenBao. Read once, when the credential is added.</summary>
public sealed class VaultLeaseOptions : VaultConnectionOptions
{
    /// <summary>The field of the answer whose string is the value. <see langword="null"/>, the default, takes the whole object as JSON text, such as user name and password.</summary>
    public string? Field { get; set; }

    /// <summary>
    /// What the engine wants to know, such as <c>common_name</c> for <c>pki/issue/role</c>. With any, the path is written to; without, it is read.
    /// </summary>
    public IDictionary<string, string> Parameters { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
