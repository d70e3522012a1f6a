using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Nhi.Rotation.Http;

/// <summary>Makes all bindings when the app starts, so that a client that is set up wrongly fails there and not at its first request.</summary>
internal sealed class HttpCredentialStartup : IHostedService
{
    private readonly IServiceProvider _services;
    private readonly IEnumerable<ClientCredentialRegistration> _registrations;

    public HttpCredentialStartup(IServiceProvider services, IEnumerable<ClientCredentialRegistration> registrations)
    {
        _services = services;
        _registrations = registrations;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var registration in _registrations)
        {
            _services.GetRequiredKeyedService<IClientCredential>(registration);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
