using System.Diagnostics;

namespace Nhi.Rotation.Http;

/// <summary>A query parameter whose text is built once per version.</summary>
internal sealed class QueryStamp : Stamp
{
    private readonly string _name;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _text;

    public QueryStamp(Credential source, string name, string value)
        : base(source)
    {
        _name = name;
        _text = $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";
    }

    public override object? Apply(HttpRequestMessage request, out bool replaced)
    {
        var before = request.RequestUri!;
        replaced = TryRemove(before.AbsoluteUri, _name, out var address);
        var fragment = address.IndexOf('#', StringComparison.Ordinal);
        var end = fragment < 0 ? address.Length : fragment;
        var separator = address.IndexOf('?', 0, end) < 0 ? '?' : '&';
        request.RequestUri = new Uri($"{address.AsSpan(0, end)}{separator}{_text}{address.AsSpan(end)}");

        // What the caller had put there is not put back: a redirect elsewhere must not carry it either.
        return replaced ? new Uri(address) : before;
    }

    public override void Remove(HttpRequestMessage request, object? before) => request.RequestUri = (Uri?)before;

    // Servers echo the query when they redirect: to https, to a canonical host, to somebody else.
    public override void Scrub(HttpResponseMessage response)
    {
        if (response.Headers.Location is { } location && TryRemove(location.OriginalString, _name, out var address))
        {
            response.Headers.Location = new Uri(address, location.IsAbsoluteUri ? UriKind.Absolute : UriKind.Relative);
        }
    }

    private static bool TryRemove(string address, string name, out string without)
    {
        without = address;
        var fragment = address.IndexOf('#', StringComparison.Ordinal);
        var end = fragment < 0 ? address.Length : fragment;
        var start = address.IndexOf('?', 0, end);
        if (start < 0)
        {
            return false;
        }

        var parameters = address[(start + 1)..end].Split('&');
        var kept = Array.FindAll(parameters, parameter => NameOf(parameter) != name);
        if (kept.Length == parameters.Length)
        {
            return false;
        }

        var query = kept.Length == 0 ? string.Empty : "?" + string.Join('&', kept);
        without = $"{address.AsSpan(0, start)}{query}{address.AsSpan(end)}";
        return true;
    }

    private static string NameOf(string parameter)
    {
        var equals = parameter.IndexOf('=', StringComparison.Ordinal);
        return Uri.UnescapeDataString(equals < 0 ? parameter : parameter[..equals]);
    }
}
