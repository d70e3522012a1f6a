using Amazon.Extensions.NETCore.Setup;
using Amazon.SimpleSystemsManagement;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AwsSecretsManager;

namespace Nhi.Rotation.AwsParameterStore.Parameters;

/// <summary>One backend for all credentials with the same AWS settings and labels, so that they share clients and batches.</summary>
internal sealed class BackendPool(IServiceProvider services) : IDisposable
{
    private readonly ILogger _logger = services.GetBackendLogger("Nhi.Rotation.AwsParameterStore");
    private readonly Lock _gate = new();
    private readonly List<(AWSOptions? Options, LabelNames Labels, ParameterStoreBackend Backend, ClientPool<IAmazonSimpleSystemsManagement> Clients)> _backends = [];

    public ParameterStoreBackend Get(AWSOptions? options, LabelNames labels)
    {
        lock (_gate)
        {
            foreach (var known in _backends)
            {
                if (ReferenceEquals(known.Options, options) && known.Labels == labels)
                {
                    return known.Backend;
                }
            }

            var clients = new ClientPool<IAmazonSimpleSystemsManagement>(options, services);
            var backend = new ParameterStoreBackend(clients.For, labels, _logger);
            _backends.Add((options, labels, backend, clients));
            return backend;
        }
    }

    public void Dispose()
    {
        foreach (var known in _backends)
        {
            known.Clients.Dispose();
        }
    }
}
