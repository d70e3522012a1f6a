using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Nhi.Rotation.Cli.Files;

namespace Nhi.Rotation.Cli.Signing;

/// <summary>A key of ECDSA on P-256, from a file in PEM.</summary>
internal sealed class SigningKey : IDisposable
{
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string Certificate = "CERTIFICATE";

    private readonly ECDsa _key;

    private SigningKey(ECDsa key)
    {
        _key = key;
        Id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>SHA-256 of the public key.</summary>
    public string Id { get; }

    /// <summary>Reads a private key (PKCS#8 or SEC 1), which may stand beside its certificate, a public key, or a certificate for its public key.</summary>
    /// <param name="option">What named it.</param>
    /// <param name="file">The file, no larger than 1 MiB.</param>
    /// <param name="needsPrivate">Whether it has to sign.</param>
    /// <exception cref="CryptographicException">It is something else; the message says what to do, and nothing of what is in the file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SigningKey Read(string option, FileInfo file, bool needsPrivate)
    {
        var pem = SideFile.ReadText(option, file.FullName);
        var key = HasPrivateKey(pem) ? OfKey(pem, file) : HasCertificate(pem) ? OfCertificate(pem, file) : OfKey(pem, file);
        try
        {
            if (HasPrivateKey(pem) && HasCertificate(pem))
            {
                using var certified = OfCertificate(pem, file);
                if (!certified.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
                {
                    throw new CryptographicException($"The certificate in '{file.Name}' is for another key than the private key there: put the certificate of the key first.");
                }
            }

            var parameters = key.ExportParameters(includePrivateParameters: false);
            return parameters.Curve.Oid.Value != P256 ? throw new CryptographicException($"'{file.Name}' is a key of another curve than P-256: make one with openssl ecparam -name prime256v1 -genkey -noout.")
                : needsPrivate && !CanSign(key) ? throw new CryptographicException($"'{file.Name}' holds no private key, so nothing can be signed with it.")
                : new SigningKey(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public byte[] Sign(byte[] data) => _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    public bool Verify(byte[] data, byte[] signature) => _key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    public void Dispose() => _key.Dispose();

    private static bool HasCertificate(string pem) => pem.Contains($"-----BEGIN {Certificate}-----", StringComparison.Ordinal);

    private static bool HasPrivateKey(string pem) => pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal);

    private static ECDsa OfCertificate(string pem, FileInfo file)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.GetECDsaPublicKey() ?? throw new CryptographicException($"The certificate in '{file.Name}' is for no key of ECDSA.");
    }

    private static ECDsa OfKey(string pem, FileInfo file)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new CryptographicException($"'{file.Name}' holds no key of ECDSA in PEM without a password.");
        }
    }

    private static bool CanSign(ECDsa key)
    {
        try
        {
            CryptographicOperations.ZeroMemory(key.ExportParameters(includePrivateParameters: true).D);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
