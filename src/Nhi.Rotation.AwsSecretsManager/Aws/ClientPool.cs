using Amazon;
using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>One client a region, made as the AWS SDK's own dependency injection makes it. Safe for concurrent use.</summary>
internal sealed class ClientPool<T> : IDisposable
    where T : class, IAmazonService, IDisposable
{
    private readonly AWSOptions? _options;
    private readonly IServiceProvider _services;
    private readonly Action<ClientConfig>? _configure;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, T> _clients = new(StringComparer.Ordinal);

    public ClientPool(AWSOptions? options, IServiceProvider services, Action<ClientConfig>? configure = null)
    {
        _options = options;
        _services = services;
        _configure = configure;
    }

    /// <summary>The client for a region, or for the configured one.</summary>
    public T For(string? region)
    {
        lock (_gate)
        {
            if (!_clients.TryGetValue(region ?? string.Empty, out var client))
            {
                client = SilentAnswers.Make(() => AwsClients.Create<T>(_services, _options, config => Configure(config, region)));
                _clients.Add(region ?? string.Empty, client);
                if (region is null && client.Config.RegionEndpoint is { } configured)
                {
                    _clients.TryAdd(configured.SystemName, client);
                }
            }

            return client;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var client in _clients.Values)
            {
                client.Dispose();
            }

            _clients.Clear();
        }
    }

    private void Configure(ClientConfig config, string? region)
    {
        // A custom endpoint, such as a VPC endpoint, wins over the region of an ARN.
        if (region is not null && string.IsNullOrEmpty(config.ServiceURL))
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        _configure?.Invoke(config);
    }
}
