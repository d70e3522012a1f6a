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
    /// Takes the versions from a secret of Vault's KV engine, version 2. The token's policy needs <c>read</c> on <c>mount/metadata/path</c> and
    /// <c>mount/data/path</c>.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="path">The secret's path under the mount.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The path, the mount or the field is empty, or there is no usable address.</exception>
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
            .ConfigurePrimaryHttpMessageHandler(VaultHttp.NewTransport)
            .RedactLoggedHeaders([VaultHttp.TokenHeader]);
        return builder.UseBackend(path, services =>
        {
            var factory = services.GetRequiredService<IHttpClientFactory>();
            return new KvBackend(new VaultHttp(() => factory.CreateClient(VaultHttp.ClientName), settings), settings, services.GetRequiredService<TimeProvider>());
        });
    }
}
