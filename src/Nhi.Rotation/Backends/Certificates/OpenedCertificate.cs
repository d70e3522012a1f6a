using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nhi.Rotation.Backends.Certificates;

/// <summary>A certificate that was encrypted, as a value that its users can read: PEM text of leaf, chain and key.</summary>
internal static class OpenedCertificate
{
    public static SecretValue ValueOf(TlsCertificate certificate)
    {
        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)certificate.Leaf.GetRSAPrivateKey() ?? certificate.Leaf.GetECDsaPrivateKey()!;
        var der = key.ExportPkcs8PrivateKey();
        byte[] pem = [.. PemEncoding.WriteUtf8("PRIVATE KEY"u8, der), (byte)'\n'];
        try
        {
            foreach (var one in certificate.Intermediates.Prepend(certificate.Leaf))
            {
                byte[] more = [.. pem, .. PemEncoding.WriteUtf8("CERTIFICATE"u8, one.RawDataMemory.Span), (byte)'\n'];
                CryptographicOperations.ZeroMemory(pem);
                pem = more;
            }

            return SecretValue.FromBytes(pem);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
            CryptographicOperations.ZeroMemory(pem);
        }
    }
}
