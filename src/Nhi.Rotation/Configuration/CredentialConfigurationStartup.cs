using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Nhi.Rotation.Configuration;

/// <summary>Connects configurations to their credentials before any service of the host starts.</summary>
internal sealed class CredentialConfigurationStartup(IServiceProvider services, IEnumerable<CredentialConfigurationSource> sources) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var source in sources)
        {
            var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>(source.CredentialName);
            try
            {
                await provider.GetCurrentAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (CredentialUnavailableException)
            {
                // Told by the service that loads all credentials; the keys appear once there is a version.
            }

            source.Connect(provider);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        foreach (var source in sources)
        {
            source.Disconnect();
        }

        return Task.CompletedTask;
    }
}
