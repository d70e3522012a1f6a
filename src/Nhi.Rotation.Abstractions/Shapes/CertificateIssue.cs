using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nhi.Rotation.Shapes;

/// <summary>
/// Whether one certificate can have issued another: by name, by key identifier where both say it (RFC 5280, 4.2.1.1: an issuer that was renewed with another key has the same name), and by the
/// signature where it is of a kind that is known here. What is not known is possible.
/// </summary>
internal static class CertificateIssue
{
    /// <summary>Whether everything that is asked of a certificate later can be read.</summary>
    public static bool IsWhole(X509Certificate2 certificate)
    {
        try
        {
            _ = (certificate.Subject, certificate.Issuer, certificate.NotBefore, certificate.NotAfter, certificate.PublicKey.ExportSubjectPublicKeyInfo());
            foreach (var extension in certificate.Extensions)
            {
                _ = extension switch
                {
                    X509BasicConstraintsExtension constraints => constraints.CertificateAuthority,
                    X509AuthorityKeyIdentifierExtension authority => authority.KeyIdentifier is null,
                    X509SubjectKeyIdentifierExtension subject => subject.SubjectKeyIdentifierBytes.IsEmpty,
                    _ => true,
                };
            }

            return true;
        }
        catch (Exception error) when (PlatformRefusal.Is(error))
        {
            return false;
        }
    }

    public static bool IsPossible(X509Certificate2 issuer, X509Certificate2 child)
    {
        if (!issuer.SubjectName.RawData.AsSpan().SequenceEqual(child.IssuerName.RawData))
        {
            return false;
        }

        var wanted = child.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        var actual = issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes;
        return (wanted is not { } key || actual is not { } id || key.Span.SequenceEqual(id.Span)) && !IsForged(issuer, child);
    }

    private static bool IsForged(X509Certificate2 issuer, X509Certificate2 child)
    {
        try
        {
            var certificate = new AsnReader(child.RawDataMemory, AsnEncodingRules.DER).ReadSequence();
            var signed = certificate.ReadEncodedValue().Span;
            var algorithm = certificate.ReadSequence().ReadObjectIdentifier();
            var signature = certificate.ReadBitString(out _);
            using var rsa = issuer.GetRSAPublicKey();
            using var ec = issuer.GetECDsaPublicKey();
            return (Hash(algorithm), rsa, ec) switch
            {
                ({ IsRsa: true, Name: var hash }, not null, _) => !rsa.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1),
                ({ IsRsa: false, Name: var hash }, _, not null) => !ec.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence),
                _ => false,
            };
        }
        catch (Exception error) when (PlatformRefusal.Is(error))
        {
            // A kind that is not known after all.
            return false;
        }
    }

    // RFC 4055 and RFC 5758.
    private static (bool IsRsa, HashAlgorithmName Name)? Hash(string algorithm) => algorithm switch
    {
        "1.2.840.113549.1.1.11" => (true, HashAlgorithmName.SHA256),
        "1.2.840.113549.1.1.12" => (true, HashAlgorithmName.SHA384),
        "1.2.840.113549.1.1.13" => (true, HashAlgorithmName.SHA512),
        "1.2.840.10045.4.3.2" => (false, HashAlgorithmName.SHA256),
        "1.2.840.10045.4.3.3" => (false, HashAlgorithmName.SHA384),
        "1.2.840.10045.4.3.4" => (false, HashAlgorithmName.SHA512),
        _ => null,
    };
}
