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
    public bool Covers(Uri? address) => IndexOf(address) >= 0;

    /// <summary>Which of the origins an address belongs to; negative if the credential may not be sent there, of which it warns once for each host.</summary>
    public int IndexOf(Uri? address)
    {
        if (address is not { IsAbsoluteUri: true })
        {
            return -1;
        }

        for (var i = 0; i < origins.Length; i++)
        {
            if (origins[i].Covers(address))
            {
                return i;
            }
        }

        var host = $"{address.Scheme}://{address.IdnHost}:{address.Port}";
        if (_warnedHosts.Count < MaxWarnedHosts && _warnedHosts.TryAdd(host, true))
        {
            Log.SentWithoutCredential(logger, registration.ClientName, registration.CredentialName, host, AllowedOrigin.EntryFor(address));
        }

        return -1;
    }
}
