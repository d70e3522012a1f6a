using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Spiffe.Identity;
using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation.Spiffe.Trust;

/// <summary>The roots of a trust domain as versions of a credential: the newest is current, older ones are previous for as long as they are in the bundle.</summary>
internal sealed class RootsBackend(WorkloadApi api, TrustStore trust, string trustDomain) : ICredentialBackend
{
    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var response = await api.FetchFirstAsync(api.OpenX509, request.CredentialName, ct).ConfigureAwait(false);
        trust.Begin(response);
        var der = TrustStore.BundleOf(response, trustDomain) ?? throw new BackendException(
            request.CredentialName, BackendFailure.NotFound, $"the SPIFFE Workload API sends no trust bundle of {trustDomain}", "Federate with it, or correct the name of the trust domain.");
        var roots = DerCertificates.Read(der.Span) ?? throw new BackendException(
            request.CredentialName, BackendFailure.InvalidContent, $"the trust bundle of {trustDomain} is empty or damaged", "Look at the SPIFFE server that published it.");
        return new BackendListing([.. roots.DistinctBy(IdOf).Select(root => ToVersion(root, request))]);
    }

    public IChangeToken? Watch(string key) => trust.Watch();

    private static BackendVersion ToVersion(X509Certificate2 root, BackendRequest request)
    {
        var id = IdOf(root);
        return new BackendVersion(id, request.KnownVersionIds.Contains(id) ? null : SecretValue.FromBytes(root.RawDataMemory.Span))
        {
            CreatedOn = root.NotBefore.ToUniversalTime(),
            ExpiresOn = root.NotAfter.ToUniversalTime(),
        };
    }

    // By its end and its key, as people tell roots apart; one that is issued again with the same key is another one.
    private static string IdOf(X509Certificate2 root) => string.Create(
        CultureInfo.InvariantCulture, $"{root.NotAfter.ToUniversalTime():yyyyMMdd'T'HHmmss}-{Convert.ToHexStringLower(SHA256.HashData(root.PublicKey.ExportSubjectPublicKeyInfo()).AsSpan(0, 6))}");
}
