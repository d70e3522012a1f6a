using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Spiffe.Identity;
using Nhi.Rotation.Spiffe.Telemetry;
using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation.Spiffe.Trust;

/// <summary>The X.509 bundles of the own trust domain and of federated ones, and the stream that brings them together with the SVIDs.</summary>
internal sealed class TrustStore : IDisposable
{
    private readonly Subscription<X509SVIDResponse> _stream;
    private readonly bool _stopsWhenDenied;
    private readonly ILogger _logger;
    private readonly BundleBook<Authorities> _book;
    private bool _toldOfLists;

    public TrustStore(WorkloadApi api, IOptions<SpiffeOptions> options, TimeProvider time, IServiceProvider services)
    {
        _logger = services.GetBackendLogger(Log.Category);
        _stopsWhenDenied = options.Value.StopWhenDenied;
        _book = new BundleBook<Authorities>(Read, static authorities => $"{authorities.Certificates.Count} certificates", _logger);
        _stream = new Subscription<X509SVIDResponse>(api, "X.509-SVIDs and trust bundles", api.OpenX509, Take, options.Value, time, _logger);
    }

    /// <summary>The trust domains that somebody is trusted in.</summary>
    public IReadOnlyCollection<string> TrustDomains => IsDenied ? [] : _book.TrustDomains;

    private bool IsDenied => _stopsWhenDenied && _stream.Problem?.Failure == BackendFailure.AccessDenied;

    /// <summary>A trust domain's bundle in a message; <see langword="null"/> if it is not there.</summary>
    public static ByteString? BundleOf(X509SVIDResponse response, string trustDomain) =>
        Bundles(response).Where(bundle => bundle.TrustDomain == trustDomain).Select(static bundle => bundle.Content).FirstOrDefault();

    /// <summary>The certificates of a trust domain now; <see langword="null"/> if nobody of it is trusted.</summary>
    public Authorities? Find(string trustDomain) => IsDenied ? null : _book.Find(trustDomain);

    /// <summary>Fires when the Workload API sent something, and when it stopped doing so.</summary>
    public IChangeToken Watch() => _stream.Watch();

    public void Start() => _stream.Start();

    /// <summary>Takes bundles from who asked for something else as long as the stream brings none, so that who has its own certificate knows others too.</summary>
    public void Begin(X509SVIDResponse response)
    {
        if (response.Svids.Count > 0)
        {
            _book.Replace(Bundles(response), onlyAsFirst: _stream.IsOpen);
        }
    }

    public void Dispose() => _stream.Dispose();

    // A message without an SVID lacks what is mandatory, and is discarded as a whole.
    private void Take(X509SVIDResponse response)
    {
        if (response.Svids.Count > 0)
        {
            _book.Replace(Bundles(response));
        }

        if (response.Crl.Count > 0 && !_toldOfLists)
        {
            _toldOfLists = true;
            Log.RevocationListsIgnored(_logger);
        }
    }

    // The domain's own word counts more than what it is federated with.
    private static IEnumerable<(string TrustDomain, ByteString Content)> Bundles(X509SVIDResponse response) =>
        from bundle in response.Svids.Select(static svid => (Id: svid.SpiffeId, Der: svid.Bundle)).Concat(response.FederatedBundles.Select(static bundle => (Id: bundle.Key, Der: bundle.Value)))
        where SpiffeId.TryParse(bundle.Id, out _)
        select (SpiffeId.Parse(bundle.Id).TrustDomain, bundle.Der);

    private static Authorities? Read(string domain, ByteString der, Authorities? before) =>
        DerCertificates.Read(der.Span) is { } certificates ? (before ?? new Authorities(domain, [], [])).Follow(certificates) : null;
}
