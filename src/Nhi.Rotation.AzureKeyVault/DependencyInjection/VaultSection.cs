using Microsoft.Extensions.Configuration;

namespace Nhi.Rotation.AzureKeyVault.DependencyInjection;

/// <summary>Reads <c>AzureKeyVault: { VaultUri, SecretName, JsonField }</c>.</summary>
internal static class VaultSection
{
    public const string Name = "AzureKeyVault";

    public static void Apply(CredentialBuilder builder, IConfigurationSection section)
    {
        // A misspelt JsonField would present the whole document as the credential.
        if (!builder.RefuseUnknownKeys(section, nameof(AzureKeyVaultOptions.VaultUri), "SecretName", nameof(AzureKeyVaultOptions.JsonField)))
        {
            return;
        }

        var secretName = section["SecretName"] ?? string.Empty;
        var options = new AzureKeyVaultOptions { JsonField = section[nameof(AzureKeyVaultOptions.JsonField)] };
        var problem = Problem(section);
        if (problem is null && section[nameof(AzureKeyVaultOptions.VaultUri)] is { } address)
        {
            options.VaultUri = new Uri(address, UriKind.Absolute);
        }

        var source = new VaultSource(builder.Name, secretName, options);
        problem ??= source.Problem() is { } found ? (found.Cause, $"{found.Fix} It is declared under {section.Path}.") : null;

        if (problem is { } wrong)
        {
            builder.Refuse($"{wrong.Cause}. {wrong.Fix}");
            return;
        }

        AzureKeyVaultCredentialBuilderExtensions.Use(builder, secretName, source.Create);
    }

    private static (string Cause, string Fix)? Problem(IConfigurationSection section)
    {
        if (string.IsNullOrEmpty(section["SecretName"]))
        {
            return ("the secret's name is missing", $"Set {section.Path}:SecretName.");
        }

        return section[nameof(AzureKeyVaultOptions.VaultUri)] is { } address && !Uri.TryCreate(address, UriKind.Absolute, out _)
            ? ($"'{address}' cannot be a vault's address", $"Set {section.Path}:VaultUri to an address such as https://my-vault.vault.azure.net.")
            : null;
    }
}
