using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nhi.Rotation.Shapes;

/// <summary>Reads the PEM blocks (RFC 7468) of a certificate with its key. Works on bytes, so that no string with the key stays behind.</summary>
internal static class PemBlocks
{
    private static ReadOnlySpan<byte> Begin => "-----BEGIN "u8;

    // OpenSSL's older way to encrypt a key: a header in the block (RFC 1421), which RFC 7468 does not allow.
    private static ReadOnlySpan<byte> EncryptedHeader => "Proc-Type: 4,ENCRYPTED"u8;

    // What is left of a line break in a variable or a JSON text that was never read as one.
    private static ReadOnlySpan<byte> WrittenOut => "-----\\n"u8;

    public static bool IsPem(ReadOnlySpan<byte> value) => value.IndexOf(Begin) >= 0;

    /// <summary>Adds the certificates to a list.</summary>
    /// <returns>The private key.</returns>
    /// <param name="value">The text.</param>
    /// <param name="certificates">The list.</param>
    /// <param name="passphrase">What an encrypted key is encrypted with, if that is known.</param>
    /// <param name="errors">Makes the errors.</param>
    public static AsymmetricAlgorithm Read(ReadOnlySpan<byte> value, List<X509Certificate2> certificates, string? passphrase, CertificateErrors errors)
    {
        if (value.IndexOf(EncryptedHeader) >= 0)
        {
            throw errors.OldEncryption();
        }

        if (value.IndexOf(WrittenOut) >= 0)
        {
            throw errors.WrittenOut();
        }

        AsymmetricAlgorithm? key = null;
        try
        {
            var blocks = 0;
            for (var rest = value; PemEncoding.TryFindUtf8(rest, out var fields); rest = rest[fields.Location.End..])
            {
                blocks++;
                var data = rest[fields.Base64Data];
                var label = rest[fields.Label];
                if (label.SequenceEqual("CERTIFICATE"u8))
                {
                    certificates.Add(Decode(data, fields.DecodedDataLength, errors, Whole));
                }
                else if (FindImport(label, passphrase, errors) is { } import)
                {
                    key = key is null ? Decode(data, fields.DecodedDataLength, errors, import) : throw errors.SeveralKeys();
                }
            }

            // What is not a whole block is skipped by the search: half a certificate must not become a chain without it.
            return blocks == value.Count(Begin) ? key ?? throw errors.NoKey() : throw errors.BrokenBlock();
        }
        catch
        {
            key?.Dispose();
            throw;
        }
    }

    /// <summary>The certificates of a text that has nothing else to keep.</summary>
    /// <exception cref="CredentialFormatException">There is none, one that is damaged, or a private key.</exception>
    public static List<X509Certificate2> ReadCertificates(ReadOnlySpan<byte> value, CertificateErrors errors)
    {
        var certificates = new List<X509Certificate2>();
        var blocks = 0;
        for (var rest = value; PemEncoding.TryFindUtf8(rest, out var fields); rest = rest[fields.Location.End..])
        {
            blocks++;
            if (rest[fields.Label].EndsWith("PRIVATE KEY"u8))
            {
                throw errors.KeyInBundle();
            }

            if (rest[fields.Label].SequenceEqual("CERTIFICATE"u8))
            {
                certificates.Add(Decode(rest[fields.Base64Data], fields.DecodedDataLength, errors, Whole));
            }
        }

        return blocks != value.Count(Begin) ? throw errors.BrokenBlock() : certificates.Count > 0 ? certificates : throw errors.NoTrusted();
    }

    // Other blocks are left alone, such as the EC PARAMETERS that OpenSSL writes in front of a key.
    private static Import<AsymmetricAlgorithm?>? FindImport(ReadOnlySpan<byte> label, string? passphrase, CertificateErrors errors) =>
        label.SequenceEqual("ENCRYPTED PRIVATE KEY"u8) ? der => Decrypt(der, passphrase ?? throw errors.Encrypted(), errors) :
        label.SequenceEqual("PRIVATE KEY"u8) ? static der => TryImport(RSA.Create(), der, pkcs8: true) ?? TryImport(ECDsa.Create(), der, pkcs8: true)
        : label.SequenceEqual("RSA PRIVATE KEY"u8) ? static der => TryImport(RSA.Create(), der, pkcs8: false)
        : label.SequenceEqual("EC PRIVATE KEY"u8) ? static der => TryImport(ECDsa.Create(), der, pkcs8: false)
        : label.EndsWith("PRIVATE KEY"u8) ? throw errors.OtherKeyForm()
        : null;

    private static AsymmetricAlgorithm Decrypt(ReadOnlySpan<byte> der, string passphrase, CertificateErrors errors) =>
        TryDecrypt(RSA.Create(), der, passphrase) ?? TryDecrypt(ECDsa.Create(), der, passphrase) ?? throw errors.WrongPassphrase();

    private static AsymmetricAlgorithm? TryDecrypt(AsymmetricAlgorithm key, ReadOnlySpan<byte> der, string passphrase)
    {
        try
        {
            key.ImportEncryptedPkcs8PrivateKey(passphrase, der, out _);
            return key;
        }
        catch (Exception error) when (PlatformRefusal.Is(error))
        {
            key.Dispose();
            return null;
        }
    }

    private static AsymmetricAlgorithm? TryImport(AsymmetricAlgorithm key, ReadOnlySpan<byte> der, bool pkcs8)
    {
        try
        {
            if (pkcs8)
            {
                key.ImportPkcs8PrivateKey(der, out _);
            }
            else if (key is RSA rsa)
            {
                rsa.ImportRSAPrivateKey(der, out _);
            }
            else
            {
                ((ECDsa)key).ImportECPrivateKey(der, out _);
            }

            return key;
        }
        catch (Exception error) when (PlatformRefusal.Is(error))
        {
            key.Dispose();
            return null;
        }
    }

    // The loader takes what has a wrong date or extension, and says so when it is looked at: in a handshake.
    private static X509Certificate2 Whole(ReadOnlySpan<byte> der)
    {
        var certificate = X509CertificateLoader.LoadCertificate(der);
        try
        {
            return CertificateIssue.IsWhole(certificate) ? certificate : throw new CryptographicException();
        }
        catch
        {
            certificate.Dispose();
            throw;
        }
    }

    private static T Decode<T>(ReadOnlySpan<byte> base64, int length, CertificateErrors errors, Import<T?> import)
        where T : class
    {
        var der = new byte[length];
        try
        {
            Base64.DecodeFromUtf8(base64, der, out _, out _);
            return import(der) ?? throw errors.UnknownKey();
        }
        catch (Exception error) when (PlatformRefusal.Is(error))
        {
            throw errors.BrokenBlock();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    private delegate T Import<out T>(ReadOnlySpan<byte> der);
}
