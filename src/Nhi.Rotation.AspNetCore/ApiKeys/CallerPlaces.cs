using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>
/// Tells the machines of one client apart, so that one that moved to a new key does not speak for one that did not. A place is the network a request comes from and
/// the product that sends it, as a keyed hash. Only requests with a key of the client take one; there are only so many. Safe for concurrent use.
/// </summary>
internal sealed class CallerPlaces(string clientId, byte[] key, IRotatingCredentialProvider keys)
{
    // Below MaxCallers, which would put those beyond it under one name.
    private const int MostPlaces = 32;
    private const int MostSenders = 1024;
    private const int LongestProduct = 64;

    // 48 bits: among so few, two share a name by luck at less than one in 10^11.
    private const int HashBytes = 6;

    private readonly ConcurrentDictionary<(IPAddress? Address, string Agent), string> _bySender = new();
    private readonly ConcurrentDictionary<string, bool> _places = new(StringComparer.Ordinal);

    /// <summary>The client at the place that a request comes from, as the evidence calls it. Remembers nothing.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isKnown">Whether it was remembered before.</param>
    public string CallerOf(HttpRequest request, out bool isKnown)
    {
        isKnown = _bySender.TryGetValue(SenderOf(request), out var known);
        if (known is not null)
        {
            return known;
        }

        var caller = $"{clientId} at {HashOf(request)}";

        // Those beyond the bound share a name, and one of them must not speak for the others: the name goes with the version, so it is never seen on a newer one.
        return _places.ContainsKey(caller) || _places.Count < MostPlaces ? caller : $"{clientId} at other places since {keys.Credentials.Current?.VersionId}";
    }

    /// <summary>Remembers a caller whose key was recognised.</summary>
    /// <returns>Whether its place is new.</returns>
    public bool Remember(HttpRequest request, string caller)
    {
        var isNew = _places.Count < MostPlaces && _places.TryAdd(caller, true);
        if (_bySender.Count < MostSenders && _places.ContainsKey(caller))
        {
            _bySender.TryAdd(SenderOf(request), caller);
        }

        return isNew;
    }

    /// <summary>What a request calls the product that sends it, without its version: a new one is not another place.</summary>
    public static string ProductOf(HttpRequest request)
    {
        var agent = request.Headers.UserAgent.ToString().AsSpan();
        agent = agent[..Math.Min(agent.Length, LongestProduct)];
        var end = agent.IndexOfAny('/', ' ');
        agent = end < 0 ? agent : agent[..end];
        return agent.IsEmpty || agent.ContainsAnyExcept(VisibleAscii.Characters) ? "unknown" : agent.ToString();
    }

    private static (IPAddress? Address, string Agent) SenderOf(HttpRequest request) => (request.HttpContext.Connection.RemoteIpAddress, request.Headers.UserAgent.ToString());

    private string HashOf(HttpRequest request)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{ClientAddress.Of(request)}\n{ProductOf(request)}"), hash);
        return Convert.ToHexStringLower(hash[..HashBytes]);
    }
}
