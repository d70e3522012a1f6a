using Amazon.Extensions.NETCore.Setup;
using Amazon.SecretsManager;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>One backend for all credentials with the same AWS settings, so that they share clients and batches.</summary>
internal sealed class BackendPool : IDisposable
{
    private readonly IServiceProvider _services;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly List<(AWSOptions? Options, AwsSecretsManagerBackend Backend, ClientPool<IAmazonSecretsManager> Clients)> _backends = [];

    public BackendPool(IServiceProvider services)
    {
        _services = services;
        _logger = services.GetService<ILoggerFactory>()?.CreateLogger("Nhi.Rotation.AwsSecretsManager") ?? NullLogger.Instance;
    }

    public AwsSecretsManagerBackend Get(AWSOptions? options)
    {
        lock (_gate)
        {
            foreach (var known in _backends)
            {
                if (ReferenceEquals(known.Options, options))
                {
                    return known.Backend;
                }
            }

            var clients = new ClientPool<IAmazonSecretsManager>(options, _services);
            var backend = new AwsSecretsManagerBackend(clients.For, _logger);
            _backends.Add((options, backend, clients));
            return backend;
        }
    }

    public void Dispose()
    {
        foreach (var (_, _, clients) in _backends)
        {
            clients.Dispose();
        }
    }
}
