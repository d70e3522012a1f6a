using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Nhi.Rotation.Spiffe.Identity;
using Nhi.Rotation.Spiffe.Workload;

namespace Nhi.Rotation.Spiffe.Svids;

/// <summary>One X.509-SVID as a version: PEM text of key and chain, which the TLS rooms read. It is in memory and nowhere else.</summary>
internal static class X509Svid
{
    /// <summary>Reads it.</summary>
    /// <exception cref="BackendException">It breaks a rule of the standard. Dates and the key are looked at where all certificates are.</exception>
    public static BackendVersion Read(X509SVID svid, BackendRequest request)
    {
        if (FindLack(svid) is { } lack)
        {
            throw Malformed(request, $"has no {lack}");
        }

        var chain = DerCertificates.Read(svid.X509Svid.Span) ?? throw Malformed(request, "has a certificate that is damaged");
        try
        {
            var leaf = Leaf.Read(chain[0]);
            if (leaf.Id?.ToString() != svid.SpiffeId)
            {
                throw Malformed(request, leaf.Id is null ? leaf.Mistake : "is another identity's than the message says");
            }

            RequireRoot(svid, leaf.Id, chain, request);
            var id = IdOf(chain[0]);
            return new BackendVersion(id, request.KnownVersionIds.Contains(id) ? null : ValueOf(svid, chain)) { CreatedOn = chain[0].NotBefore.ToUniversalTime() };
        }
        finally
        {
            foreach (var certificate in chain)
            {
                certificate.Dispose();
            }
        }
    }

    // What the standard makes mandatory.
    private static string? FindLack(X509SVID svid) =>
        string.IsNullOrEmpty(svid.SpiffeId) ? "SPIFFE ID"
        : svid.X509Svid.IsEmpty ? "certificate"
        : svid.X509SvidKey.IsEmpty ? "private key"
        : svid.Bundle.IsEmpty ? "trust bundle"
        : null;

    private static void RequireRoot(X509SVID svid, SpiffeId id, X509Certificate2Collection chain, BackendRequest request)
    {
        var roots = DerCertificates.Read(svid.Bundle.Span) ?? throw Malformed(request, "came with a trust bundle that is damaged");
        var authorities = new Authorities(id.TrustDomain, roots, []);
        if (!authorities.SignedAtAnyTime(chain[0], chain))
        {
            throw Malformed(request, $"was signed by nobody in the trust bundle of {id.TrustDomain}");
        }
    }

    // The serial number finds it in the authority's log; it is unique for one authority only.
    private static string IdOf(X509Certificate2 leaf) =>
        $"{Convert.ToHexStringLower(SHA256.HashData(leaf.RawDataMemory.Span).AsSpan(0, 4))}-{leaf.SerialNumber.ToLowerInvariant()}";

    private static SecretValue ValueOf(X509SVID svid, X509Certificate2Collection chain)
    {
        byte[] pem = [.. PemEncoding.WriteUtf8("PRIVATE KEY"u8, svid.X509SvidKey.Span), (byte)'\n'];
        byte[] whole = [.. pem, .. chain.SelectMany(static certificate => PemEncoding.WriteUtf8("CERTIFICATE"u8, certificate.RawDataMemory.Span).Append((byte)'\n'))];
        try
        {
            return SecretValue.FromBytes(whole);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
            CryptographicOperations.ZeroMemory(whole);
        }
    }

    private static BackendException Malformed(BackendRequest request, string mistake) => new(
        request.CredentialName, BackendFailure.InvalidContent, $"the SVID that the SPIFFE Workload API sent {mistake}", "Look at the SPIFFE server that issued it; the one before stays in use to its end.");
}
