using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Http;

namespace Nhi.Rotation.Tests.Presenting.Simulation;

/// <summary>The real HttpClient integration, down to the primary handler, which is the partner.</summary>
internal sealed class HttpCaller : PartnerWorld.IClient
{
    private static readonly Uri Address = new("https://partner.example/x");

    private readonly HttpMessageInvoker _invoker;

    public HttpCaller(IRotatingCredentialProvider provider, PartnerWorld world)
    {
        var options = new HttpCredentialOptions().Header("X-Api-Key").AllowHosts("partner.example");
        var binding = new HttpCredentialBinding(
            new HttpCredentialRegistration("charges", "stripe", options), provider, [.. options.Origins], world.Time, NullLogger.Instance);
        _invoker = new HttpMessageInvoker(new RotatingCredentialHandler(binding) { InnerHandler = new Partner(world) });
    }

    public async Task<bool> CallAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address);
        using var response = await _invoker.SendAsync(request, CancellationToken.None);
        return response.IsSuccessStatusCode;
    }

    public void Dispose() => _invoker.Dispose();

    private sealed class Partner(PartnerWorld world) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(world.Accepts(request.Headers.GetValues("X-Api-Key").Single()) ? HttpStatusCode.OK : HttpStatusCode.Unauthorized));
    }
}
