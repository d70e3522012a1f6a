using System.Collections.Concurrent;
using System.Net;

namespace Nhi.Rotation.Tests.Http;

/// <summary>Answers as the test says, without a network, and knows which of its responses were disposed.</summary>
internal sealed class StubHandler(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
{
    private readonly ConcurrentQueue<Body> _bodies = new();

    public IReadOnlyList<Body> Bodies => [.. _bodies];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = answer(request);
        var body = new Body();
        _bodies.Enqueue(body);
        response.Content = body;
        response.RequestMessage = request;
        return Task.FromResult(response);
    }

    internal sealed class Body : HttpContent
    {
        public bool IsDisposed { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
