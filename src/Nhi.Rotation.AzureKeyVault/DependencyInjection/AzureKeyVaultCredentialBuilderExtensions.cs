using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nhi.Rotation.AzureKeyVault;
using Nhi.Rotation.AzureKeyVault.DependencyInjection;

namespace Nhi.Rotation;

/// <summary>Takes credentials from Azure Key Vault.</summary>
public static class AzureKeyVaultCredentialBuilderExtensions
{
    /// <summary>Takes the versions from a secret, through the <see cref="SecretClient"/> of the application's services.</summary>
    /// <param name="builder">The credential.</param>
    /// <param name="secretName">The secret's name in the vault; letters, digits and dashes.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The name is no secret's name.</exception>
    public static CredentialBuilder FromAzureKeyVault(this CredentialBuilder builder, string secretName) =>
        builder.FromAzureKeyVault(secretName, static _ => { });

    /// <summary>Takes the versions from a secret of a vault, as the <see cref="TokenCredential"/> of the application's services.</summary>
    /// <param name="builder">The credential.</param>
    /// <param name="vaultUri">The vault's address, such as <c>https://my-vault.vault.azure.net</c>.</param>
    /// <param name="secretName">The secret's name in the vault; letters, digits and dashes.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The address is no vault's, or the name no secret's.</exception>
    public static CredentialBuilder FromAzureKeyVault(this CredentialBuilder builder, Uri vaultUri, string secretName)
    {
        ArgumentNullException.ThrowIfNull(vaultUri);
        return builder.FromAzureKeyVault(secretName, options => options.VaultUri = vaultUri);
    }

    /// <summary>Takes the versions from a secret.</summary>
    /// <param name="builder">The credential.</param>
    /// <param name="secretName">The secret's name in the vault; letters, digits and dashes.</param>
    /// <param name="configure">Says which vault or client, and what of the secret counts.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The name is no secret's name, or the options contradict each other.</exception>
    public static CredentialBuilder FromAzureKeyVault(this CredentialBuilder builder, string secretName, Action<AzureKeyVaultOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(secretName);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new AzureKeyVaultOptions();
        configure(options);
        var source = new VaultSource(builder.Name, secretName, options);
        return source.Problem() is { } problem
            ? throw new ArgumentException($"Credential '{builder.Name}': {problem.Cause}. {problem.Fix}", nameof(configure))
            : Use(builder, secretName, source.Create);
    }

    /// <summary>
    /// Lets credentials that are declared in configuration have a section <c>AzureKeyVault</c> with <c>VaultUri</c>, <c>SecretName</c> and, if wanted,
    /// <c>JsonField</c>. Without <c>VaultUri</c> the <see cref="SecretClient"/> of the application's services is taken.
    /// </summary>
    /// <param name="builder">The credentials of the application.</param>
    /// <returns>The same builder.</returns>
    public static RotatingCredentialsBuilder AddAzureKeyVault(this RotatingCredentialsBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddBackendSection(VaultSection.Name, VaultSection.Apply);
    }

    internal static CredentialBuilder Use(CredentialBuilder builder, string secretName, Func<IServiceProvider, ICredentialBackend> create)
    {
        builder.Services.TryAddSingleton<SecretClients>();
        return builder.UseBackend(secretName, create);
    }
}
