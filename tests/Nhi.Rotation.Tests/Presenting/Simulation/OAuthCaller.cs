using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.OAuth;

namespace Nhi.Rotation.Tests.Presenting.Simulation;

/// <summary>The real token request; its endpoint is the partner.</summary>
internal sealed class OAuthCaller : PartnerWorld.IClient, IHttpClientFactory
{
    private readonly PartnerWorld _world;
    private readonly TokenRequester _requester;

    public OAuthCaller(IRotatingCredentialProvider provider, PartnerWorld world)
    {
        _world = world;
        var options = new OAuthClientOptions(new Uri("https://partner.example/token")) { ClientId = "app", Authentication = OAuthClientAuthentication.Post };
        _requester = new TokenRequester(new OAuthRegistration("client", "stripe", options), provider, this, world.Time, NullLogger.Instance);
    }

    public async Task<bool> CallAsync()
    {
        try
        {
            await _requester.RequestAsync();
            return true;
        }
        catch (CredentialUnavailableException)
        {
            return false;
        }
    }

    public HttpClient CreateClient(string name) => new(new Partner(_world));

    public void Dispose()
    {
    }

    private sealed class Partner(PartnerWorld world) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = await request.Content!.ReadAsStringAsync(cancellationToken);
            var isAccepted = world.Accepts(body.Split("client_secret=")[1].Split('&')[0]);
            return new HttpResponseMessage(isAccepted ? HttpStatusCode.OK : HttpStatusCode.BadRequest)
            {
                Content = new StringContent(isAccepted ? """{"access_token":"t","token_type":"Bearer"}""" : """{"error":"invalid_client"}""", Encoding.UTF8, "application/json"),
            };
        }
    }
}
