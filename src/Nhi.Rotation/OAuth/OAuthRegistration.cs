using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Http;

namespace Nhi.Rotation.OAuth;

/// <summary>One call of AddOAuthClientCredentials; also the key of its <see cref="TokenCache"/>.</summary>
internal sealed class OAuthRegistration(string clientName, string credentialName, OAuthClientOptions options) : ClientCredentialRegistration(clientName, credentialName)
{
    public OAuthClientOptions Options => options;

    public override IReadOnlyList<AllowedOrigin> Origins => options.Origins;

    public override string HeaderName => "Authorization";

    public override string Place => "header 'Authorization' (OAuth access token)";

    public override void Prepare(IServiceProvider services)
    {
        Cache(services);
        ClientOrigins.Find(this, services);
    }

    public override DelegatingHandler CreateHandler(IServiceProvider services) => new OAuthHandler(
        Cache(services), new OriginGuard(this, ClientOrigins.Find(this, services), ClientCredentialServices.Logger(services)));

    private TokenCache Cache(IServiceProvider services) => services.GetRequiredKeyedService<TokenCache>(this);
}
