using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace Nhi.Rotation.Http;

/// <summary>
/// Puts the credentials of a client at the inner end of its handlers. Below the logger, whose structured state carries header values even where
/// its text redacts them; and below resilience handlers, whatever the order of registration, so that each of their attempts is stamped anew.
/// </summary>
internal sealed class HttpCredentialFilter : IHttpMessageHandlerBuilderFilter
{
    private readonly IServiceProvider _services;
    private readonly ILookup<string, ClientCredentialRegistration> _registrations;
    private readonly RedirectTakeover _redirects = new();

    public HttpCredentialFilter(IServiceProvider services, IEnumerable<ClientCredentialRegistration> registrations)
    {
        _services = services;
        _registrations = registrations.ToLookup(static registration => registration.ClientName, StringComparer.Ordinal);
    }

    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (builder.Name is not { } client || !_registrations.Contains(client))
        {
            return;
        }

        if (_redirects.TryTakeOver(builder.PrimaryHandler, client) is { } redirects)
        {
            builder.AdditionalHandlers.Add(redirects);
        }

        foreach (var registration in _registrations[client])
        {
            builder.AdditionalHandlers.Add(_services.GetRequiredKeyedService<IClientCredential>(registration).CreateHandler());
        }
    };
}
