using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.AzureKeyVault.DependencyInjection;

/// <summary>One credential's declaration: checks it, and makes its backend at start.</summary>
internal sealed partial class VaultSource(string credentialName, string secretName, AzureKeyVaultOptions options)
{
    /// <summary>What is wrong with the declaration, as cause and fix, or <see langword="null"/>.</summary>
    public (string Cause, string Fix)? Problem() => this switch
    {
        _ when !SecretName().IsMatch(secretName) => ($"'{secretName}' cannot be a secret's name", "Use 1 to 127 letters, digits and dashes, and no version."),
        _ when options.VaultUri is { } vault && !IsVault(vault) => ($"'{vault}' cannot be a vault's address", "Use an address such as https://my-vault.vault.azure.net, without a path."),
        _ when options.Client is not null && (options.VaultUri is not null || options.Credential is not null) => ("it has a client and a vault's address or credential", "Keep one: the client knows its vault."),
        _ when options.Credential is not null && options.VaultUri is null => ("it has a token credential and no vault's address", "Set VaultUri."),
        _ when options.JsonField is { Length: 0 } => ("its JSON field has no name", "Name the field, or leave JsonField out to take the whole secret."),
        _ => null,
    };

    public AzureKeyVaultBackend Create(IServiceProvider services) => new(Client(services), options.JsonField, services.GetService<TimeProvider>());

    private SecretClient Client(IServiceProvider services)
    {
        if (options.Client is { } find)
        {
            return find(services);
        }

        if (options.VaultUri is not { } vault)
        {
            return services.GetService<SecretClient>()
                ?? throw Misconfigured("there is no SecretClient among the application's services", "Register one (with Microsoft.Extensions.Azure: AddSecretClient), or name the vault's address.");
        }

        var credential = options.Credential
            ?? services.GetService<TokenCredential>()
            ?? throw Misconfigured("there is no TokenCredential among the application's services", "Register one, such as Azure.Identity's ManagedIdentityCredential as TokenCredential, or set Credential.");
        return services.GetRequiredService<SecretClients>().Get(vault, credential);
    }

    private BackendException Misconfigured(string cause, string fix) => new(credentialName, BackendFailure.Misconfigured, cause, fix);

    private static bool IsVault(Uri uri) => uri is { IsAbsoluteUri: true, AbsolutePath: "/", Query: "" } && uri.Scheme == Uri.UriSchemeHttps;

    [GeneratedRegex("^[0-9a-zA-Z-]{1,127}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();
}
