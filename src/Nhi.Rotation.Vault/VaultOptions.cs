using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault;

/// <summary>How a credential is read from HashiCorp Vault or OpenBao. Read once, when the credential is added.</summary>
public sealed class VaultOptions
{
    /// <summary>
    /// Where Vault is: <c>https</c>, or <c>http</c> on the loopback interface (a Vault Agent or Proxy). <see langword="null"/>, the default, takes
    /// <c>VAULT_ADDR</c>.
    /// </summary>
    public Uri? Address { get; set; }

    /// <summary>The namespace. <see langword="null"/>, the default, takes <c>VAULT_NAMESPACE</c>; if that is not set either, no namespace is sent.</summary>
    public string? Namespace { get; set; }

    /// <summary>
    /// The file that holds the token, such as the sink of a Vault Agent; read again for every call, so a new token is used at once.
    /// <see langword="null"/>, the default, takes <c>VAULT_TOKEN</c>.
    /// </summary>
    public string? TokenFile { get; set; }

    /// <summary>The path under which the KV engine, version 2, is mounted. The default is <c>secret</c>.</summary>
    public string Mount { get; set; } = "secret";

    /// <summary>The field of the secret whose string is the value. <see langword="null"/>, the default, takes the whole object as JSON text.</summary>
    public string? Field { get; set; }

    internal VaultSettings Read(Func<string, string?> environment)
    {
        var address = Address ?? (environment("VAULT_ADDR") is { Length: > 0 } text ? new Uri(text, UriKind.RelativeOrAbsolute) : null);
        var space = Namespace ?? environment("VAULT_NAMESPACE");
        return new VaultSettings(address, string.IsNullOrEmpty(space) ? null : space, TokenFile, Mount.Trim('/'), Field);
    }
}
