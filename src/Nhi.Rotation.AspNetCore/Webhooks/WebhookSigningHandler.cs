namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>Signs each request anew, each try of it too.</summary>
internal sealed class WebhookSigningHandler(WebhookSigner signer) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await signer.SignAsync(request, cancellationToken).ConfigureAwait(false);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Blocking is what the caller of a synchronous send asked for.
        signer.SignAsync(request, cancellationToken).AsTask().GetAwaiter().GetResult();
        return base.Send(request, cancellationToken);
    }
}
