namespace Nhi.Rotation.Vault.Client;

/// <summary>The options with the environment's part filled in, as Vault's own client reads it.</summary>
internal sealed record VaultSettings(Uri? Address, string? Namespace, string? TokenFile, string Mount, string? Field)
{
    /// <summary>Where a path of the API is, also of a Vault behind a prefix.</summary>
    public Uri In(string path) => new(Address!.AbsoluteUri.TrimEnd('/') + path);

    public string? FindMistake(string path) =>
        string.IsNullOrWhiteSpace(path.Trim('/')) ? "the path of the Vault secret is empty. Give its path under the mount."
        : Mount.Length == 0 ? "Mount is empty. Give the path of the KV engine, such as 'secret'."
        : Field is "" ? "Field is empty. Name a field, or leave it unset to take the whole object."
        : Address is null ? "Vault's address is not known. Set Address, or VAULT_ADDR."
        : !Address.IsAbsoluteUri ? "Vault's address is not absolute. Write it with its scheme, such as https://vault.example.com:8200."
        : Address.Scheme != Uri.UriSchemeHttps && !(Address.Scheme == Uri.UriSchemeHttp && Address.IsLoopback) ? $"Vault's address '{Address.Authority}' would send the token in clear text. Use https, or a Vault Agent on the loopback interface."
        : null;
}
