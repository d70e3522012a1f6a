using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault;

/// <summary>How a credential is read from the KV engine of HashiCorp Vault or OpenBao. Read once, when the credential is added.</summary>
public sealed class VaultOptions : VaultConnectionOptions
{
    /// <summary>The path under which the KV engine is mounted. The default is <c>secret</c>.</summary>
    public string Mount { get; set; } = "secret";

    /// <summary>
    /// The version of the KV engine. 2, the default, keeps several versions of a secret with their dates. 1 keeps one value and says nothing of it: its
    /// version id is a keyed fingerprint that is another one in each process, and the value before it stays for the overlap window.
    /// </summary>
    public int KvVersion { get; set; } = 2;

    /// <summary>The field of the secret whose string is the value. <see langword="null"/>, the default, takes the whole object as JSON text.</summary>
    public string? Field { get; set; }

    internal VaultSettings Read(Func<string, string?> environment) => Connect(environment) with { Mount = Mount.Trim('/'), KvVersion = KvVersion, Field = Field };
}
