using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>Tells a caller, in the response, that its key is old and until when it works.</summary>
internal static class OldKeyNotice
{
    private const string Deprecation = "Deprecation";
    private const string Sunset = "Sunset";

    public static void Announce(HttpResponse response, CredentialMatch match, Uri? link)
    {
        // When the response starts: an error page would clear headers that are set now.
        response.OnStarting(
            static state =>
            {
                var (headers, match, link) = ((IHeaderDictionary, CredentialMatch, Uri?))state;
                Write(headers, match, link);
                return Task.CompletedTask;
            },
            (response.Headers, match, link));
    }

    private static void Write(IHeaderDictionary headers, CredentialMatch match, Uri? link)
    {
        // Each field may be there once, and is of the resource: where the app says that this one goes, that counts.
        if (headers.ContainsKey(Deprecation) || headers.ContainsKey(Sunset))
        {
            return;
        }

        if (match.SupersededAt is { } replaced)
        {
            // RFC 9745, section 2.1: a structured-field date; section 4: Sunset is not earlier, which it would be if the clock was set back in between.
            replaced = match.ValidUntil < replaced ? match.ValidUntil.Value : replaced;
            headers[Deprecation] = string.Create(CultureInfo.InvariantCulture, $"@{replaced.ToUnixTimeSeconds()}");
        }

        if (match.ValidUntil is { } end)
        {
            // RFC 8594, section 3: an HTTP date.
            headers[Sunset] = end.ToString("R", CultureInfo.InvariantCulture);
        }

        if (link is not null)
        {
            // RFC 8288, section 3: a URI, so the host is in ASCII too.
            headers.Append("Link", $"<{new UriBuilder(link) { Host = link.IdnHost }.Uri.AbsoluteUri}>; rel=\"deprecation\"");
        }
    }
}
