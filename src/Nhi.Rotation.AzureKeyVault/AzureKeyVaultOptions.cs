using Azure.Core;
using Azure.Security.KeyVault.Secrets;

namespace Nhi.Rotation.AzureKeyVault;

/// <summary>Which vault holds a secret, who reads it, and what of it counts.</summary>
public sealed class AzureKeyVaultOptions
{
    /// <summary>
    /// The vault's address, such as <c>https://my-vault.vault.azure.net</c>. <see langword="null"/> takes the <see cref="SecretClient"/> of the
    /// application's services, as Microsoft.Extensions.Azure registers it, or <see cref="Client"/>.
    /// </summary>
    public Uri? VaultUri { get; set; }

    /// <summary>Who reads the vault at <see cref="VaultUri"/>. <see langword="null"/> takes the <see cref="TokenCredential"/> of the application's services.</summary>
    public TokenCredential? Credential { get; set; }

    /// <summary>
    /// Finds a client of your own, such as one of several named ones; <see cref="VaultUri"/> and <see cref="Credential"/> are then left out. Set
    /// <c>Retry.MaxRetries</c> of its options to 0: the engine retries, and the client's own waits would hide throttling.
    /// </summary>
    public Func<IServiceProvider, SecretClient>? Client { get; set; }

    /// <summary>The field to take from a secret that is a JSON object; <see langword="null"/> takes the whole secret.</summary>
    public string? JsonField { get; set; }
}
