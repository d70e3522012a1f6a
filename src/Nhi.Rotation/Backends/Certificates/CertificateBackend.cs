using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Backends.Certificates;

/// <summary>
/// Reads the values of another backend as certificates before the engine has them: a version is valid as long as its leaf is, and what is no certificate never
/// gets as far as a handshake.
/// </summary>
internal sealed class CertificateBackend : IBackendRevoker, ITellsWatch
{
    private readonly ICredentialBackend _inner;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Passphrases? _passphrases;

    // Of the last listing, and what the engine knows from before it and may not give the value of again. Listings of one credential come one at a time, and
    // this backend has one credential.
    private Dictionary<string, ListedCertificate> _last = new(StringComparer.Ordinal);

    /// <param name="inner">The backend.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears of what is refused.</param>
    /// <param name="passphrases">What opens the certificates, if they are encrypted.</param>
    public CertificateBackend(ICredentialBackend inner, TimeProvider time, ILogger logger, Passphrases? passphrases = null)
    {
        _inner = inner;
        _time = time;
        _logger = logger;
        _passphrases = passphrases;
    }

    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        var listing = await _inner.ListAsync(request, ct).ConfigureAwait(false);
        var passphrases = _passphrases is null || listing.Versions.All(static version => version.Value is null)
            ? []
            : await _passphrases.VersionsAsync(request.CredentialName, ct).ConfigureAwait(false);
        var certificates = listing.Versions.Select(version => Read(request.CredentialName, version, passphrases)).ToList();
        if (certificates.Count > 0 && certificates.TrueForAll(static certificate => certificate.Problem is not null))
        {
            var problem = (certificates.Find(static certificate => certificate.Version.Label == VersionLabel.Current) ?? certificates[^1]).Problem!;
            throw new BackendException(request.CredentialName, BackendFailure.InvalidContent, problem.Cause, problem.Fix);
        }

        Remember(request, certificates);
        _passphrases?.Keep(listing.Versions.Select(static version => version.Id).Concat(listing.IsComplete ? [] : request.KnownVersionIds));
        return new BackendListing(certificates.ConvertAll(static certificate => certificate.ToVersion()))
        {
            IsComplete = listing.IsComplete,
            Revision = listing.Revision,
            Owner = listing.Owner,
            Purpose = listing.Purpose,
        };
    }

    public bool OwnsVersions => _inner is IBackendRevoker { OwnsVersions: true };

    public ValueTask RevokeAsync(BackendRevocation revocation, CancellationToken ct) => _inner is IBackendRevoker revoker
        ? revoker.RevokeAsync(revocation, ct)
        : throw new BackendException(revocation.CredentialName, BackendFailure.Misconfigured, "its backend cannot end a version", "End it in the store.");

    public IChangeToken? Watch(string key) => _inner.Watch(key);

    public WatchStanding? WatchOf(string key) => (_inner as ITellsWatch)?.WatchOf(key);

    // Subjects and dates of certificates are public.
    private static CredentialFormatException Expired(Credential credential, DateTimeOffset on) => new(
        credential.Name,
        FormattableString.Invariant($"version '{credential.VersionId}' has a certificate that expired at {on:u}"),
        "Renew it, and store the new one.");

    private ListedCertificate Read(string credentialName, BackendVersion version, IReadOnlyList<Credential> passphrases)
    {
        if (version.Value is null)
        {
            return _last.TryGetValue(version.Id, out var known) ? known with { Version = version } : new ListedCertificate(version);
        }

        var credential = new Credential(credentialName, version.Id, version.Value);
        try
        {
            var (certificate, opened) = Open(credential, passphrases);
            using var opening = certificate;
            return new ListedCertificate(version)
            {
                Opened = opened,
                NotBefore = certificate.NotBefore,
                NotAfter = certificate.NotAfter,
                Problem = certificate.NotAfter <= _time.GetUtcNow() ? Expired(credential, certificate.NotAfter) : null,
            };
        }
        catch (CredentialFormatException problem)
        {
            return new ListedCertificate(version) { Problem = problem };
        }
    }

    private (TlsCertificate Certificate, SecretValue? Opened) Open(Credential credential, IReadOnlyList<Credential> passphrases)
    {
        for (var tried = -1; ; tried++)
        {
            try
            {
                if (tried < 0)
                {
                    return (TlsCertificate.Parse(credential), null);
                }

                var certificate = TlsCertificate.Parse(credential, passphrases[tried]);
                _passphrases!.Opened(credential.VersionId, passphrases[tried]);
                return (certificate, OpenedCertificate.ValueOf(certificate));
            }
            catch (CredentialFormatException) when (tried + 1 < passphrases.Count)
            {
                // The next one may open it.
            }
        }
    }

    private void Remember(BackendRequest request, List<ListedCertificate> certificates)
    {
        // An old certificate that has expired is nothing to talk about.
        foreach (var certificate in certificates.Where(certificate => !certificate.IsReadable && _last.GetValueOrDefault(certificate.Version.Id) is not { IsReadable: false }))
        {
            Log.CertificateRefused(_logger, request.CredentialName, certificate.Problem!.Cause, certificate.Problem.Fix);
        }

        var last = _last.Where(known => request.KnownVersionIds.Contains(known.Key)).ToDictionary(StringComparer.Ordinal);
        foreach (var certificate in certificates)
        {
            last[certificate.Version.Id] = certificate with { Version = new BackendVersion(certificate.Version.Id, value: null), Opened = null };
        }

        _last = last;
    }
}
