using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>Loads all credentials before any other service of the host starts, and stops refreshing after all of them have stopped.</summary>
internal sealed class CredentialHostedService(CredentialRegistry registry, DeferredSinks sinks, IOptions<RotatingCredentialsOptions> options, InjectionSites sites, EngineLog log) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        sinks.Make();
        registry.Start();
        var loads = registry.Providers.Select(provider => LoadAsync(provider, cancellationToken)).ToArray();
        var errors = (await Task.WhenAll(loads).ConfigureAwait(false)).OfType<CredentialUnavailableException>().ToArray();

        // Whoever goes on from here may do so for as long as the app runs. Not on the stack of whatever loaded the first version, or that would be held for as long.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (errors.Length == 0)
        {
            return;
        }

        if (options.Value.Start == StartMode.Degraded)
        {
            foreach (var error in errors)
            {
                log.StartedDegraded(error.Message);
            }

            return;
        }

        throw errors.Length == 1 ? errors[0] : new AggregateException("Credentials could not be loaded at start.", errors);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        sites.Watch();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken) => await registry.DisposeAsync().ConfigureAwait(false);

    private static async Task<CredentialUnavailableException?> LoadAsync(IRotatingCredentialProvider provider, CancellationToken ct)
    {
        try
        {
            await provider.GetCurrentAsync(ct).ConfigureAwait(false);
            return null;
        }
        catch (CredentialUnavailableException error)
        {
            return error;
        }
    }
}
