using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>Tells a caller, in the response, that its key is old and until when it works.</summary>
internal static class OldKeyNotice
{
    public static void Announce(HttpResponse response, CredentialMatch match, Uri? link)
    {
        // When the response starts: an error page would clear headers that are set now.
        response.OnStarting(
            static state =>
            {
                var (response, match, link) = ((HttpResponse, CredentialMatch, Uri?))state;
                if (match.SupersededAt is { } replaced)
                {
                    // RFC 9745, section 2: a structured-field date.
                    response.Headers["Deprecation"] = string.Create(CultureInfo.InvariantCulture, $"@{replaced.ToUnixTimeSeconds()}");
                }

                if (match.ValidUntil is { } end)
                {
                    // RFC 8594, section 3: an HTTP date.
                    response.Headers["Sunset"] = end.ToString("R", CultureInfo.InvariantCulture);
                }

                if (link is not null)
                {
                    response.Headers.Append("Link", $"<{link.AbsoluteUri}>; rel=\"deprecation\"");
                }

                return Task.CompletedTask;
            },
            (response, match, link));
    }
}
