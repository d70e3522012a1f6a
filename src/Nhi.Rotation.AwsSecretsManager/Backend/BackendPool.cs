using Amazon.Extensions.NETCore.Setup;
using Amazon.SecretsManager;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>One backend for all credentials with the same AWS settings or the same client, so that they share clients and batches.</summary>
internal sealed class BackendPool : IDisposable
{
    private readonly IServiceProvider _services;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly List<(object? From, AwsSecretsManagerBackend Backend)> _backends = [];
    private readonly List<ClientPool<IAmazonSecretsManager>> _clients = [];

    public BackendPool(IServiceProvider services)
    {
        _services = services;
        _logger = services.GetBackendLogger("Nhi.Rotation.AwsSecretsManager");
    }

    /// <param name="options">The settings for clients of this package.</param>
    /// <param name="client">A client of the app's own, which is used as it is and stays the app's.</param>
    public AwsSecretsManagerBackend Get(AWSOptions? options, ISecretsManagerClient? client = null)
    {
        lock (_gate)
        {
            var from = client ?? (object?)options;
            foreach (var known in _backends)
            {
                if (ReferenceEquals(known.From, from))
                {
                    return known.Backend;
                }
            }

            var backend = new AwsSecretsManagerBackend(client is null ? Connect(options) : _ => client, _logger);
            _backends.Add((from, backend));
            return backend;
        }
    }

    public void Dispose() => _clients.ForEach(static clients => clients.Dispose());

    private Func<string?, ISecretsManagerClient> Connect(AWSOptions? options)
    {
        var clients = new ClientPool<IAmazonSecretsManager>(options, _services);
        _clients.Add(clients);
        return region => new OwnClient(clients.For(region));
    }
}
