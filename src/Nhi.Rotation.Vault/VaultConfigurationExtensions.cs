using Nhi.Rotation.Vault;

namespace Nhi.Rotation;

/// <summary>Lets configuration name what is in HashiCorp Vault or OpenBao.</summary>
public static class VaultConfigurationExtensions
{
    /// <summary>
    /// Lets configuration name what is in Vault: the sections <c>Vault</c>, <c>VaultLease</c> and <c>VaultStaticRole</c> of a credential, each with a <c>Path</c> and the options of the call of that name:
    /// <c>"partner": { "Vault": { "Path": "partner/api-key", "Field": "value" } }</c>. <c>Login</c> is a section with a <c>Method</c>.
    /// </summary>
    /// <param name="builder">The credentials.</param>
    /// <returns>The same builder.</returns>
    public static RotatingCredentialsBuilder AddVault(this RotatingCredentialsBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder
            .AddBackendSection("Vault", VaultSections.Secret)
            .AddBackendSection("VaultLease", VaultSections.Lease)
            .AddBackendSection("VaultStaticRole", VaultSections.StaticRole);
    }
}
