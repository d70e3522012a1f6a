namespace Nhi.Rotation.Vault.Client;

/// <summary>The options with the environment's part filled in, as Vault's own client reads it.</summary>
internal sealed record VaultSettings(VaultAddress Address, string? Namespace, string? TokenFile)
{
    /// <summary>Of the KV engine.</summary>
    public string Mount { get; init; } = "secret";

    /// <summary>Of the KV engine: 1 or 2.</summary>
    public int KvVersion { get; init; } = 2;

    public string? Field { get; init; }

    /// <summary>How long a wrapped value may wait to be opened; <see langword="null"/> where values are not wrapped.</summary>
    public TimeSpan? WrapFor { get; init; }

    public LoginTerms? Login { get; init; }

    public VaultTls Tls { get; init; } = VaultTls.Read(static _ => null);

    public string? FindMistake(string path) =>
        string.IsNullOrWhiteSpace(path.Trim('/')) ? "the path in Vault is empty. Give it: of a secret under its mount, of anything else with its mount."
        : Mount.Length == 0 ? "Mount is empty. Give the path of the KV engine, such as 'secret'."
        : Field is "" ? "Field is empty. Name a field, or leave it unset to take the whole object."
        : KvVersion is not (1 or 2) ? "KvVersion is neither 1 nor 2. Give the version of the KV engine, as 'vault secrets list -detailed' shows it."
        : WrapFor < TimeSpan.FromSeconds(1) ? "WrapFor is shorter than a second, in which no answer can be opened. Give a time such as a minute, or leave it unset."
        : Login is not null && TokenFile is not null ? "both Login and TokenFile are set. Keep one: a token of somebody else's, or a login of its own."
        : Address.FindMistake() ?? Tls.Mistake;
}
