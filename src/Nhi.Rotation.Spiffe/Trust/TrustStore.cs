using System.Collections.Frozen;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Spiffe.Identity;
using Nhi.Rotation.Spiffe.Telemetry;
using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation.Spiffe.Trust;

/// <summary>
/// The trust bundles as the Workload API last sent them, one for each trust domain, and the stream that brings them. Each message is everything: a bundle that is not in it any more is
/// not trusted any more (the standard, section 4.4). One that cannot be read changes nothing for its domain.
/// </summary>
internal sealed class TrustStore : IDisposable
{
    private readonly Subscription<X509SVIDResponse> _stream;
    private readonly bool _stopsWhenDenied;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private FrozenDictionary<string, Authorities> _domains = FrozenDictionary<string, Authorities>.Empty;
    private bool _hasBegun;
    private bool _toldOfLists;

    public TrustStore(WorkloadApi api, IOptions<SpiffeOptions> options, TimeProvider time, ILoggerFactory? loggers = null)
    {
        _logger = loggers?.CreateLogger(Log.Category) ?? NullLogger.Instance;
        _stopsWhenDenied = options.Value.StopWhenDenied;
        _stream = new Subscription<X509SVIDResponse>(api, "X.509-SVIDs and trust bundles", api.OpenX509, Take, options.Value, time, _logger);
    }

    /// <summary>The trust domains that somebody is trusted in.</summary>
    public IReadOnlyCollection<string> TrustDomains => IsDenied ? [] : Volatile.Read(ref _domains).Keys;

    private bool IsDenied => _stopsWhenDenied && _stream.Problem?.Failure == BackendFailure.AccessDenied;

    /// <summary>The certificates of a trust domain now; <see langword="null"/> if nobody of it is trusted.</summary>
    public Authorities? Find(string trustDomain) =>
        IsDenied ? null : Volatile.Read(ref _domains).GetValueOrDefault(trustDomain);

    /// <summary>A trust domain's bundle in a message; <see langword="null"/> if it is not there.</summary>
    public static ByteString? BundleOf(X509SVIDResponse response, string trustDomain) =>
        Bundles(response).Where(bundle => bundle.TrustDomain == trustDomain).Select(static bundle => bundle.Der).FirstOrDefault();

    /// <summary>Fires when the Workload API sent something, and when it stopped doing so.</summary>
    public IChangeToken Watch() => _stream.Watch();

    public void Start() => _stream.Start();

    /// <summary>Takes bundles from whoever asked first, so that who has its own certificate knows others too.</summary>
    public void Begin(X509SVIDResponse response)
    {
        lock (_gate)
        {
            if (!_hasBegun)
            {
                Replace(response);
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    private void Take(X509SVIDResponse response)
    {
        lock (_gate)
        {
            Replace(response);
        }

        if (response.Crl.Count > 0 && !_toldOfLists)
        {
            _toldOfLists = true;
            Log.RevocationListsIgnored(_logger);
        }
    }

    private void Replace(X509SVIDResponse response)
    {
        // A message without an SVID lacks what is mandatory, and is discarded as a whole.
        if (response.Svids.Count == 0)
        {
            return;
        }

        var before = _domains;
        var after = new Dictionary<string, Authorities>(StringComparer.Ordinal);
        foreach (var (domain, der) in Bundles(response).DistinctBy(static bundle => bundle.TrustDomain))
        {
            if (Read(domain, der, before.GetValueOrDefault(domain)) is { } authorities)
            {
                after.Add(domain, authorities);
            }
        }

        foreach (var gone in before.Keys.Where(domain => !after.ContainsKey(domain)))
        {
            Log.BundleGone(_logger, gone);
        }

        _hasBegun = true;
        Volatile.Write(ref _domains, after.ToFrozenDictionary(StringComparer.Ordinal));
    }

    // The domain's own word counts more than what it is federated with.
    private static IEnumerable<(string TrustDomain, ByteString Der)> Bundles(X509SVIDResponse response) =>
        from bundle in response.Svids.Select(static svid => (Id: svid.SpiffeId, Der: svid.Bundle)).Concat(response.FederatedBundles.Select(static bundle => (Id: bundle.Key, Der: bundle.Value)))
        where SpiffeId.TryParse(bundle.Id, out _)
        select (SpiffeId.Parse(bundle.Id).TrustDomain, bundle.Der);

    private Authorities? Read(string domain, ByteString der, Authorities? before)
    {
        if (before?.Der.Equals(der) == true)
        {
            return before;
        }

        if (DerCertificates.Read(der.Span) is not { } certificates)
        {
            Log.BundleRefused(_logger, domain, der.IsEmpty ? "it is empty" : "a certificate in it is damaged");
            return before;
        }

        Log.BundleChanged(_logger, domain, certificates.Count);
        return new Authorities(domain, der, certificates);
    }
}
