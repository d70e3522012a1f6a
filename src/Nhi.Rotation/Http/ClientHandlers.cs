using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.Http;

/// <summary>Makes the handlers that put the credentials of a client on its requests, directly above a primary handler. Safe for concurrent use.</summary>
internal sealed class ClientHandlers
{
    private readonly IServiceProvider _services;
    private readonly ILookup<string, ClientCredentialRegistration> _registrations;
    private readonly RedirectTakeover _redirects = new();

    public ClientHandlers(IServiceProvider services, IEnumerable<ClientCredentialRegistration> registrations)
    {
        _services = services;
        _registrations = registrations.ToLookup(static registration => registration.ClientName, StringComparer.Ordinal);
    }

    /// <summary>Outermost first; none if the client has no credential.</summary>
    /// <exception cref="InvalidOperationException">The primary handler follows redirects and cannot be told not to.</exception>
    public IReadOnlyList<DelegatingHandler> Create(string client, HttpMessageHandler primary)
    {
        var handlers = new List<DelegatingHandler>();
        if (!_registrations.Contains(client))
        {
            return handlers;
        }

#pragma warning disable CA2000 // The chain that it is put into disposes it.
        if (_redirects.TryTakeOver(primary, client) is { } redirects)
#pragma warning restore CA2000
        {
            handlers.Add(redirects);
        }

        foreach (var registration in _registrations[client])
        {
            handlers.Add(_services.GetRequiredKeyedService<IClientCredential>(registration).CreateHandler());
        }

        return handlers;
    }
}
