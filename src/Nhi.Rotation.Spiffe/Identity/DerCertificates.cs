using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nhi.Rotation.Spiffe.Identity;

/// <summary>Certificates in DER, one behind the other, as the Workload API sends them.</summary>
internal static class DerCertificates
{
    /// <summary>Reads them.</summary>
    /// <returns>At least one; <see langword="null"/> if there is none, or one is damaged.</returns>
    public static X509Certificate2Collection? Read(ReadOnlySpan<byte> der)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            while (!der.IsEmpty)
            {
                AsnDecoder.ReadEncodedValue(der, AsnEncodingRules.DER, out _, out _, out var length);
                certificates.Add(X509CertificateLoader.LoadCertificate(der[..length]));
                der = der[length..];
            }
        }
        catch (Exception error) when (error is AsnContentException or CryptographicException)
        {
            return null;
        }

        return certificates.Count == 0 ? null : certificates;
    }
}
