using System.Net;
using Nhi.Rotation.Http;

namespace Nhi.Rotation.OAuth;

/// <summary>Puts an access token on each request while it is being sent, and repeats one that is rejected once with a newer token.</summary>
internal sealed class OAuthHandler(TokenCache tokens, OriginGuard origins) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!origins.Covers(request.RequestUri))
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        if (RepeatableBody.IsUnknown(request.Content, RepeatableBody.DefaultMaxLength))
        {
            await RepeatableBody.KeepAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var token = await tokens.GetAsync(cancellationToken).ConfigureAwait(false);
        var response = await SendAsync(request, token, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized || !tokens.Drop(token) || !RepeatableBody.IsOf(request))
        {
            return response;
        }

        response.Dispose();
        return await SendAsync(request, await tokens.GetAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    // Blocking is what the caller of a synchronous send asked for.
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, AccessToken token, CancellationToken cancellationToken)
    {
        token.Stamp.Apply(request, out _);
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            token.Stamp.Remove(request, before: null);
        }
    }
}
