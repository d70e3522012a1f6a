using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>Whether somebody would rather look than parse (RFC 9110, section 12.5.1): browsers name text/html; programs name JSON, anything, or nothing.</summary>
internal static class PagePreference
{
    public static bool Of(StringValues accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges))
        {
            return false;
        }

        // Who takes both alike, and names one, means it: browsers end with */*.
        var (page, isPageNamed) = Quality(ranges, "text", "html");
        var (json, _) = Quality(ranges, "application", "json");
        return page > json || (isPageNamed && page > 0 && page == json);
    }

    // The most specific range counts: a type that is refused by name is refused, whatever else is taken.
    private static (double Quality, bool IsNamed) Quality(IList<MediaTypeHeaderValue> ranges, string type, string subtype)
    {
        var named = ranges.Where(range => range.Type.Equals(type, StringComparison.OrdinalIgnoreCase) && range.SubType.Equals(subtype, StringComparison.OrdinalIgnoreCase)).ToArray();
        var any = named.Length > 0 ? named : [.. ranges.Where(range => range.MatchesAllSubTypes && range.Type.Equals(type, StringComparison.OrdinalIgnoreCase))];
        any = any.Length > 0 ? any : [.. ranges.Where(range => range.MatchesAllTypes)];
        return (any.Select(range => range.Quality ?? 1).DefaultIfEmpty(0).Max(), named.Length > 0);
    }
}
