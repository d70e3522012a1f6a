using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Http;

/// <summary>Says where a client may send a credential. Safe for concurrent use.</summary>
internal sealed class OriginGuard(ClientCredentialRegistration registration, AllowedOrigin[] origins, ILogger logger)
{
    // Redirects and callers choose the hosts, so the number of those remembered must not.
    private const int MaxWarnedHosts = 64;

    private readonly ConcurrentDictionary<string, bool> _warnedHosts = new(StringComparer.Ordinal);

    /// <summary>Whether the credential may be sent there. Warns once for each host where it may not.</summary>
    public bool Covers(Uri? address)
    {
        if (address is not { IsAbsoluteUri: true })
        {
            return false;
        }

        foreach (var origin in origins)
        {
            if (origin.Covers(address))
            {
                return true;
            }
        }

        var host = $"{address.Scheme}://{address.IdnHost}:{address.Port}";
        if (_warnedHosts.Count < MaxWarnedHosts && _warnedHosts.TryAdd(host, true))
        {
            Log.SentWithoutCredential(logger, registration.ClientName, registration.CredentialName, host);
        }

        return false;
    }
}
