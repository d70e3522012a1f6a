using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Http;

namespace Nhi.Rotation.OAuth;

/// <summary>The access tokens of one client, and where they may be sent.</summary>
internal sealed class OAuthBinding(TokenCache tokens, OriginGuard origins) : IClientCredential
{
    /// <exception cref="InvalidOperationException">The credential is not registered, or no host is known that may see a token.</exception>
    public static OAuthBinding Create(IServiceProvider services, OAuthRegistration registration)
    {
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var logger = ClientCredentialServices.Logger(services);
        var requester = new TokenRequester(
            registration, ClientCredentialServices.Provider(services, registration), services.GetRequiredService<IHttpClientFactory>(), time, logger);
        return new OAuthBinding(
            new TokenCache(registration, requester, time, logger), new OriginGuard(registration, ClientOrigins.Find(registration, services), logger));
    }

    public DelegatingHandler CreateHandler() => new OAuthHandler(tokens, origins);
}
