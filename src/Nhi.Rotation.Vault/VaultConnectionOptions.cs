using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault;

/// <summary>How Vault or OpenBao is reached. Read once, when the credential is added.</summary>
public abstract class VaultConnectionOptions
{
    private protected VaultConnectionOptions()
    {
    }

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

    /// <summary>How to log in; with it neither a token file nor <c>VAULT_TOKEN</c> is read. <see langword="null"/>, the default, takes a token that somebody else looks after.</summary>
    public VaultLogin? Login { get; set; }

    /// <summary>
    /// Has Vault wrap each answer with a value, for at most this time, and opens it in a call of its own: what a proxy or a log between sees is a token that works once. At least 1 s, in whole seconds.
    /// <see langword="null"/>, the default, does not.
    /// </summary>
    public TimeSpan? WrapFor { get; set; }

    internal VaultSettings Connect(Func<string, string?> environment)
    {
        var space = Namespace ?? environment("VAULT_NAMESPACE");
        return new VaultSettings(VaultAddress.Read(Address, environment), string.IsNullOrEmpty(space) ? null : space, TokenFile) { Login = Login?.Terms, WrapFor = WrapFor, Tls = VaultTls.Read(environment) };
    }
}
