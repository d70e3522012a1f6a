namespace Nhi.Rotation.Benchmarks.Support;

/// <summary>Sets one constant header, so many times.</summary>
internal sealed class ConstantHeaderHandler(string name, string text, int times) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var i = 0; i < times; i++)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, text);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
