using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nhi.Rotation.Spiffe.Identity;

/// <summary>What a certificate is as an X.509-SVID: the rules for leaves of the standard, sections 2 and 5.2. Whether it is trusted is another question.</summary>
/// <param name="Id">Whose it is; <see langword="null"/> if it is no X.509-SVID.</param>
/// <param name="Mistake">Why it is none, as the rest of a sentence.</param>
internal readonly record struct Leaf(SpiffeId? Id, string Mistake)
{
    private const string AlternativeNames = "2.5.29.17";

    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);

    public static Leaf Read(X509Certificate2 certificate)
    {
        try
        {
            return FindMistake(certificate, out var id) is { } mistake ? new Leaf(null, mistake) : new Leaf(id, string.Empty);
        }
        catch (Exception error) when (error is AsnContentException or CryptographicException)
        {
            return new Leaf(null, "has an extension that cannot be read");
        }
    }

    private static string? FindMistake(X509Certificate2 certificate, out SpiffeId? id)
    {
        id = null;
        var uris = Uris(certificate);
        if (uris.Count != 1)
        {
            return uris.Count == 0 ? "has no SPIFFE ID: no URI among its alternative names" : "has several URIs among its alternative names; an SVID has one";
        }

        if (!SpiffeId.TryParse(uris[0], out var read))
        {
            return "has a URI among its alternative names that is no SPIFFE ID";
        }

        if (read.Path.Length == 0)
        {
            return "has the SPIFFE ID of a trust domain, as authorities have; a workload's has a path";
        }

        id = read;
        return certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(static constraints => constraints.CertificateAuthority)
            || certificate.Extensions.OfType<X509KeyUsageExtension>().Any(static usage => (usage.KeyUsages & (X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign)) != 0)
            ? "is an authority's, which identifies nobody"
            : null;
    }

    // The extension's own type knows names of hosts and addresses only.
    private static List<string> Uris(X509Certificate2 certificate)
    {
        var uris = new List<string>();
        foreach (var extension in certificate.Extensions.Where(static extension => extension.Oid?.Value == AlternativeNames))
        {
            var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                if (names.PeekTag().HasSameClassAndValue(Uri))
                {
                    uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, Uri));
                }
                else
                {
                    names.ReadEncodedValue();
                }
            }
        }

        return uris;
    }
}
