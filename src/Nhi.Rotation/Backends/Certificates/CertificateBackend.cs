using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Shapes;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Backends.Certificates;

/// <summary>
/// Reads the values of another backend as certificates before the engine has them: a version is valid as long as its leaf is, and what is no certificate never
/// gets as far as a handshake.
/// </summary>
internal sealed class CertificateBackend : ICredentialBackend
{
    private readonly ICredentialBackend _inner;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    // Of the last listing. Those of one credential come one at a time, and this backend has one credential.
    private FrozenDictionary<string, ListedCertificate> _last = FrozenDictionary<string, ListedCertificate>.Empty;

    public CertificateBackend(ICredentialBackend inner, TimeProvider time, ILogger logger)
    {
        _inner = inner;
        _time = time;
        _logger = logger;
    }

    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        var listing = await _inner.ListAsync(request, ct).ConfigureAwait(false);
        var certificates = listing.Versions.Select(version => Read(request.CredentialName, version)).ToList();
        if (certificates.Count > 0 && certificates.TrueForAll(static certificate => certificate.Problem is not null))
        {
            var problem = (certificates.Find(static certificate => certificate.Version.Label == VersionLabel.Current) ?? certificates[^1]).Problem!;
            throw new BackendException(request.CredentialName, BackendFailure.InvalidContent, problem.Cause, problem.Fix);
        }

        Remember(request.CredentialName, certificates);
        return new BackendListing(certificates.ConvertAll(static certificate => certificate.ToVersion()))
        {
            IsComplete = listing.IsComplete,
            Revision = listing.Revision,
            Owner = listing.Owner,
            Purpose = listing.Purpose,
        };
    }

    public IChangeToken? Watch(string key) => _inner.Watch(key);

    private ListedCertificate Read(string credentialName, BackendVersion version)
    {
        if (version.Value is null)
        {
            return _last.TryGetValue(version.Id, out var known) ? known with { Version = version } : new ListedCertificate(version);
        }

        var credential = new Credential(credentialName, version.Id, version.Value);
        try
        {
            using var certificate = TlsCertificate.Parse(credential);
            return new ListedCertificate(version)
            {
                NotBefore = certificate.NotBefore,
                NotAfter = certificate.NotAfter,
                Problem = certificate.NotAfter <= _time.GetUtcNow() ? new CertificateErrors(credential).Expired(certificate.NotAfter) : null,
            };
        }
        catch (CredentialFormatException problem)
        {
            return new ListedCertificate(version) { Problem = problem };
        }
    }

    private void Remember(string credentialName, List<ListedCertificate> certificates)
    {
        // An old certificate that has expired is nothing to talk about.
        foreach (var certificate in certificates.Where(certificate => !certificate.IsReadable && _last.GetValueOrDefault(certificate.Version.Id) is not { IsReadable: false }))
        {
            Log.CertificateRefused(_logger, credentialName, certificate.Problem!.Cause, certificate.Problem.Fix);
        }

        _last = certificates.ToFrozenDictionary(static certificate => certificate.Version.Id, static certificate => certificate with { Version = new BackendVersion(certificate.Version.Id, value: null) }, StringComparer.Ordinal);
    }
}
