using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault;

/// <summary>How a credential is read from HashiCorp Vault or OpenBao. Read once, when the credential is added.</summary>
public sealed class VaultOptions
{
    /// <summary>
    /// Where Vault is: <c>https</c>, or <c>http</c> on the loopback interface (a Vault Agent or Proxy). <see langword="null"/>, the default, takes
    /// <c>VAULT_AGENT_ADDR</c>, else <c>VAULT_ADDR</c>.
    /// </summary>
    public Uri? Address { get; set; }

    /// <summary>The namespace. <see langword="null"/>, the default, takes <c>VAULT_NAMESPACE</c>; if that is not set either, no namespace is sent.</summary>
    public string? Namespace { get; set; }

    /// <summary>
    /// The file that holds the token, such as the sink of a Vault Agent; read again for every call, so a new token is used at once.
    /// <see langword="null"/>, the default, takes <c>VAULT_TOKEN</c>.
    /// </summary>
    public string? TokenFile { get; set; }

    /// <summary>The path under which the KV engine is mounted. The default is <c>secret</c>.</summary>
    public string Mount { get; set; } = "secret";

    /// <summary>
    /// The version of the KV engine. 2, the default, keeps several versions of a secret with their dates. 1 keeps one value and says nothing of it: its
    /// version id is a keyed fingerprint that is another one in each process, and the value before it stays for the overlap window.
    /// </summary>
    public int KvVersion { get; set; } = 2;

    /// <summary>The field of the secret whose string is the value. <see langword="null"/>, the default, takes the whole object as JSON text.</summary>
    public string? Field { get; set; }

    internal VaultSettings Read(Func<string, string?> environment)
    {
        var space = Namespace ?? environment("VAULT_NAMESPACE");
        return new VaultSettings(VaultAddress.Read(Address, environment), string.IsNullOrEmpty(space) ? null : space, TokenFile, Mount.Trim('/'), Field)
        {
            KvVersion = KvVersion,
            Tls = VaultTls.Read(environment),
        };
    }
}
