using System.Net;

namespace Nhi.Rotation.Benchmarks.Support;

/// <summary>The other side: answers everything with the same response at once.</summary>
internal sealed class StubHandler : HttpMessageHandler
{
    private readonly Task<HttpResponseMessage> _response = Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _response;
}
