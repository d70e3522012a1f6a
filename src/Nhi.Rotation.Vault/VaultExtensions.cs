using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nhi.Rotation.Vault;
using Nhi.Rotation.Vault.Client;
using Nhi.Rotation.Vault.Kv;

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
        if (settings.FindMistake(path) is { } mistake)
        {
            throw new ArgumentException($"Credential '{builder.Name}': {mistake}", nameof(path));
        }

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHttpClient(VaultHttp.ClientName)
            .ConfigurePrimaryHttpMessageHandler(static () => VaultHttp.NewTransport(VaultTls.Read(Environment.GetEnvironmentVariable)))
            .RedactLoggedHeaders([VaultHttp.TokenHeader]);
        return builder.UseBackend(path, services =>
        {
            var factory = services.GetRequiredService<IHttpClientFactory>();
            var time = services.GetRequiredService<TimeProvider>();
            var vault = new VaultHttp(() => factory.CreateClient(VaultHttp.ClientName), settings, time);
            return settings.KvVersion == 1 ? new KvOneBackend(vault, settings) : new KvBackend(vault, settings, time);
        });
    }
}
