using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Nhi.Rotation.Configuration;

/// <summary>Connects configurations to their credentials before any service of the host starts.</summary>
internal sealed class CredentialConfigurationStartup(IServiceProvider services, IEnumerable<CredentialConfigurationSource> sources) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // Nothing is waited for: the service that loads all credentials has done that, or has told why it could not.
        foreach (var source in sources)
        {
            source.Connect(services.GetRequiredKeyedService<IRotatingCredentialProvider>(source.CredentialName));
        }

        return Task.CompletedTask;
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
