namespace Nhi.Rotation.Benchmarks.Support;

/// <summary>Sets one constant header, so many times.</summary>
internal sealed class ConstantHeaderHandler(string text, int times) : DelegatingHandler
{
    private const string Name = "Authorization";

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var i = 0; i < times; i++)
        {
            request.Headers.Remove(Name);
            request.Headers.TryAddWithoutValidation(Name, text);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
