using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Http;

/// <summary>Says where a client may send a credential. Safe for concurrent use.</summary>
internal sealed class OriginGuard
{
    // Redirects and callers choose the hosts, so the number of those remembered must not.
    private const int MaxWarnedHosts = 64;

    private readonly ClientCredentialRegistration _registration;
    private readonly AllowedOrigin[] _origins;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, bool> _warnedHosts = new(StringComparer.Ordinal);
    private Match? _known;

    public OriginGuard(ClientCredentialRegistration registration, AllowedOrigin[] origins, ILogger logger)
    {
        _registration = registration;
        _origins = origins;
        _logger = logger;
    }

    /// <summary>Whether the credential may be sent there. Warns once for each host where it may not.</summary>
    public bool Covers(Uri? address) => IndexOf(address) >= 0;

    /// <summary>Which of the origins an address belongs to; negative if the credential may not be sent there, of which it warns once for each host.</summary>
    public int IndexOf(Uri? address)
    {
        // Clients that send much often send to one object. It is the first one, so that threads with others do not take turns writing here.
        return _known is { } known && ReferenceEquals(known.Address, address) ? known.Index : Find(address);
    }

    private int Find(Uri? address)
    {
        if (address is not { IsAbsoluteUri: true })
        {
            return -1;
        }

        for (var i = 0; i < _origins.Length; i++)
        {
            if (_origins[i].Covers(address))
            {
                _known ??= new Match(address, i);
                return i;
            }
        }

        WarnOf(address);
        return -1;
    }

    private void WarnOf(Uri address)
    {
        var host = $"{address.Scheme}://{address.IdnHost}:{address.Port}";
        if (_warnedHosts.Count < MaxWarnedHosts && _warnedHosts.TryAdd(host, true))
        {
            Log.SentWithoutCredential(_logger, _registration.ClientName, _registration.CredentialName, host, AllowedOrigin.EntryFor(address));
        }
    }

    private sealed record Match(Uri Address, int Index);
}
