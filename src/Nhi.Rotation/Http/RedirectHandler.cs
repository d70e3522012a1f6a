using System.Net;

namespace Nhi.Rotation.Http;

/// <summary>
/// Follows redirects in place of the primary handler, and above the stamping, so that each hop is stamped for its own host or not at all. The
/// rules are those of <see cref="SocketsHttpHandler"/>, but that a body that can be sent only once is not sent on.
/// </summary>
internal sealed class RedirectHandler : DelegatingHandler
{
    private readonly int _maxRedirects;

    public RedirectHandler(int maxRedirects) => _maxRedirects = maxRedirects;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sending = base.SendAsync(request, cancellationToken);
#pragma warning disable CA1849 // It is completed.
        return sending.IsCompletedSuccessfully && !IsRedirect(sending.Result.StatusCode) ? sending : FollowAsync(sending, request, cancellationToken);
#pragma warning restore CA1849
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = base.Send(request, cancellationToken);
        for (var hops = 0; hops < _maxRedirects && TryRedirect(request, response); hops++)
        {
            response = base.Send(request, cancellationToken);
        }

        return response;
    }

    private async Task<HttpResponseMessage> FollowAsync(
        Task<HttpResponseMessage> sending, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await sending.ConfigureAwait(false);
        for (var hops = 0; hops < _maxRedirects && TryRedirect(request, response); hops++)
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        return response;
    }

    /// <summary>Turns the request into the next hop and disposes the response, if it is a redirect to be followed.</summary>
    private static bool TryRedirect(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (!IsRedirect(response.StatusCode) || FindTarget(request.RequestUri, response.Headers.Location) is not { } target)
        {
            return false;
        }

        var becomesGet = BecomesGet(response.StatusCode, request.Method);
        if (!becomesGet && !RepeatableBody.IsOf(request))
        {
            return false;
        }

        response.Dispose();
        request.RequestUri = target;

        // What the caller authorized was the first address.
        request.Headers.Authorization = null;
        if (becomesGet)
        {
            request.Method = HttpMethod.Get;
            request.Content = null;
            if (request.Headers.TransferEncodingChunked == true)
            {
                request.Headers.TransferEncodingChunked = false;
            }
        }

        return true;
    }

    private static bool IsRedirect(HttpStatusCode status) => status
        is HttpStatusCode.MultipleChoices
        or HttpStatusCode.MovedPermanently
        or HttpStatusCode.Found
        or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect
        or HttpStatusCode.PermanentRedirect;

    private static Uri? FindTarget(Uri? address, Uri? location)
    {
        if (address is null || location is null)
        {
            return null;
        }

        var target = location.IsAbsoluteUri ? location : new Uri(address, location);
        var allowed = target.Scheme == Uri.UriSchemeHttps || (target.Scheme == Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps);
        if (!allowed)
        {
            return null;
        }

        // RFC 9110, section 10.2.2: a location without a fragment inherits it.
        return address.Fragment.Length > 0 && target.Fragment.Length == 0
            ? new UriBuilder(target) { Fragment = address.Fragment }.Uri
            : target;
    }

    private static bool BecomesGet(HttpStatusCode status, HttpMethod method) => status switch
    {
        HttpStatusCode.MultipleChoices or HttpStatusCode.MovedPermanently or HttpStatusCode.Found => method == HttpMethod.Post,
        HttpStatusCode.SeeOther => method != HttpMethod.Get && method != HttpMethod.Head,
        _ => false,
    };
}
