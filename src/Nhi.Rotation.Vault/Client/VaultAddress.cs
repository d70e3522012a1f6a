namespace Nhi.Rotation.Vault.Client;

/// <summary>Where Vault is.</summary>
/// <param name="Uri">The address, or <see langword="null"/> if there is none, or none that can be read.</param>
/// <param name="Source">The option or variable it is from.</param>
/// <param name="IsGiven">Whether there is one at all.</param>
internal sealed record VaultAddress(Uri? Uri, string Source, bool IsGiven)
{
    /// <summary>The option, else a Vault Agent's, else Vault's own.</summary>
    public static VaultAddress Read(Uri? option, Func<string, string?> environment)
    {
        if (option is not null)
        {
            return new VaultAddress(option, "Address", IsGiven: true);
        }

        var source = environment("VAULT_AGENT_ADDR") is { Length: > 0 } ? "VAULT_AGENT_ADDR" : "VAULT_ADDR";
        var text = environment(source);
        return new VaultAddress(Uri.TryCreate(text?.Trim(), UriKind.Absolute, out var address) ? address : null, source, IsGiven: !string.IsNullOrWhiteSpace(text));
    }

    /// <summary>Where a path of the API is, also of a Vault behind a prefix.</summary>
    public Uri In(string path) => new(Uri!.GetLeftPart(UriPartial.Path).TrimEnd('/') + path);

    // The address itself is not repeated: it can hold a password.
    public string? FindMistake() =>
        !IsGiven ? "Vault's address is not known. Set Address, or VAULT_ADDR."
        : Uri is not { IsAbsoluteUri: true } ? $"{Source} is not an address. Write it with its scheme, such as https://vault.example.com:8200."
        : Uri.UserInfo.Length > 0 ? $"{Source} has a user name in it. Remove it: Vault takes a token."
        : Uri.Scheme != Uri.UriSchemeHttps && !(Uri.Scheme == Uri.UriSchemeHttp && Uri.IsLoopback) ? $"{Source} ('{Uri.Authority}') would send the token in clear text. Use https, or a Vault Agent on the loopback interface."
        : null;
}
