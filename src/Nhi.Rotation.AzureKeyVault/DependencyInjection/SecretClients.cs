using Azure.Core;
using Azure.Security.KeyVault.Secrets;

namespace Nhi.Rotation.AzureKeyVault.DependencyInjection;

/// <summary>One client for each vault and identity, however many credentials share them.</summary>
internal sealed class SecretClients
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Uri Vault, TokenCredential Credential), SecretClient> _clients = [];

    public SecretClient Get(Uri vault, TokenCredential credential)
    {
        lock (_gate)
        {
            if (!_clients.TryGetValue((vault, credential), out var client))
            {
                client = new SecretClient(vault, credential, ClientOptions());
                _clients.Add((vault, credential), client);
            }

            return client;
        }
    }

    /// <summary>The client's options: the engine retries and keeps time, so that a Retry-After reaches it instead of being slept through here.</summary>
    internal static SecretClientOptions ClientOptions()
    {
        var options = new SecretClientOptions();
        options.Retry.MaxRetries = 0;
        return options;
    }
}
