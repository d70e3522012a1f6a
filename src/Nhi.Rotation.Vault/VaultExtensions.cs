using Nhi.Rotation.Vault;
using Nhi.Rotation.Vault.Kv;
using Nhi.Rotation.Vault.Leasing;
using Nhi.Rotation.Vault.Static;

namespace Nhi.Rotation;

/// <summary>Takes credentials from HashiCorp Vault or OpenBao.</summary>
public static class VaultExtensions
{
    /// <summary>
    /// Takes the versions from a secret of Vault's KV engine. The token's policy needs <c>read</c> on <c>mount/metadata/path</c> and
    /// <c>mount/data/path</c>; of an engine of version 1, on <c>mount/path</c>.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="path">The secret's path under the mount.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The path, the mount or the field is empty, there is no usable address, or a variable of the environment that Vault's client reads makes no sense.</exception>
    public static CredentialBuilder FromVault(this CredentialBuilder builder, string path, Action<VaultOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(path);
        var options = new VaultOptions();
        configure?.Invoke(options);
        var settings = options.Read(Environment.GetEnvironmentVariable);
        VaultServices.Check(builder, path, settings);
        VaultServices.AddClient(builder.Services);
        return builder.UseBackend(path, services =>
        {
            var (vault, time) = VaultServices.Connect(services, settings);
            return settings.KvVersion == 1 ? new KvOneBackend(vault, settings) : new KvBackend(vault, settings, time);
        });
    }

    /// <summary>
    /// Takes each version from a secrets engine that makes leases: <c>database/creds/role</c>, <c>rabbitmq/creds/role</c>, <c>aws/creds/role</c>, <c>pki/issue/role</c>, any path whose answer has a lease.
    /// A lease is renewed at two thirds of its time, replaced when Vault does not renew it any further, and revoked at Vault as soon as nobody in this process uses it any more, and when the application
    /// stops. The token's policy needs <c>read</c> (with <see cref="VaultLeaseOptions.Parameters"/>: <c>update</c>) on the path, and <c>update</c> on <c>sys/leases/renew</c>, <c>sys/leases/lookup</c>
    /// and <c>sys/leases/revoke</c>.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="path">The path, with the engine's mount.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The path or the field is empty, there is no usable address, or a variable of the environment that Vault's client reads makes no sense.</exception>
    public static CredentialBuilder FromVaultLease(this CredentialBuilder builder, string path, Action<VaultLeaseOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(path);
        var options = new VaultLeaseOptions();
        configure?.Invoke(options);
        var settings = options.Connect(Environment.GetEnvironmentVariable) with { Field = options.Field };
        var parameters = options.Parameters.ToDictionary(StringComparer.Ordinal);
        VaultServices.Check(builder, path, settings);
        VaultServices.AddClient(builder.Services);
        return builder.UseBackend(path, services =>
        {
            var (vault, time) = VaultServices.Connect(services, settings);
            return new LeaseBackend(new LeaseClient(vault, settings.Field, parameters, time), time);
        });
    }

    /// <summary>
    /// Takes the password of a static role: <c>database/static-creds/role</c>, <c>ldap/static-cred/role</c>. Vault changes it by itself and says when; it is asked then. The old password is refused from that
    /// moment on, so what is refused is tried with the new one. The token's policy needs <c>read</c> on the path.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="path">The path, with the engine's mount.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The path or the field is empty, there is no usable address, or a variable of the environment that Vault's client reads makes no sense.</exception>
    public static CredentialBuilder FromVaultStaticRole(this CredentialBuilder builder, string path, Action<VaultStaticRoleOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(path);
        var options = new VaultStaticRoleOptions();
        configure?.Invoke(options);
        var settings = options.Connect(Environment.GetEnvironmentVariable) with { Field = options.Field };
        VaultServices.Check(builder, path, settings);
        VaultServices.AddClient(builder.Services);
        return builder.UseBackend(path, services =>
        {
            var (vault, time) = VaultServices.Connect(services, settings);
            return new StaticRoleBackend(vault, settings.Field, time);
        });
    }
}
