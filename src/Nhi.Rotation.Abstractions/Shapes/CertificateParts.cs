using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Nhi.Rotation.Shapes;

/// <summary>The certificates and the key of a value, not yet put in order. What nobody took is disposed with it.</summary>
internal sealed class CertificateParts : IDisposable
{
    // The first byte of every PKCS#12: an ASN.1 SEQUENCE.
    private const byte Sequence = 0x30;

    // Far more than any chain has, and few enough to look at every pair.
    private const int MaxCertificates = 100;

    private readonly CertificateErrors _errors;
    private readonly List<X509Certificate2> _certificates;
    private readonly AsymmetricAlgorithm _key;

    private CertificateParts(CertificateErrors errors, List<X509Certificate2> certificates, AsymmetricAlgorithm key)
    {
        _errors = errors;
        _certificates = certificates;
        _key = key;
    }

    /// <param name="credential">The version.</param>
    /// <param name="passphrase">What the key is encrypted with, if that is known.</param>
    public static CertificateParts Read(Credential credential, string? passphrase)
    {
        var errors = new CertificateErrors(credential);
        var value = credential.RevealBytes();
        var certificates = new List<X509Certificate2>();
        AsymmetricAlgorithm? key = null;
        byte[]? joined = null;
        try
        {
            joined = JoinFields(value);
            var text = joined is null ? value.Span : joined;
            key = PemBlocks.IsPem(text) ? PemBlocks.Read(text, certificates, passphrase, errors) : ReadPkcs12(text, certificates, passphrase, errors);
            return certificates.Count switch
            {
                0 => throw errors.NoCertificate(),
                > MaxCertificates => throw errors.TooMany(MaxCertificates),
                _ => new CertificateParts(errors, certificates, key),
            };
        }
        catch
        {
            certificates.ForEach(static certificate => certificate.Dispose());
            key?.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(joined);
        }
    }

    /// <summary>The certificate that the key belongs to, with the key.</summary>
    public X509Certificate2 TakeLeaf()
    {
        try
        {
            return JoinLeaf();
        }
        catch (Exception error) when (PlatformRefusal.Is(error))
        {
            throw _errors.UnknownKey();
        }
    }

    /// <summary>The certificates to send with the leaf, its issuer first.</summary>
    public List<X509Certificate2> TakeChainOf(X509Certificate2 leaf)
    {
        var chain = CertificatePath.Above(leaf, _certificates, _errors);
        _certificates.RemoveAll(certificate => chain.Exists(one => ReferenceEquals(one, certificate)));
        return chain;
    }

    public void Dispose()
    {
        _certificates.ForEach(static certificate => certificate.Dispose());
        _key.Dispose();
    }

    private X509Certificate2 JoinLeaf()
    {
        var publicKey = _key is RSA rsa ? rsa.ExportSubjectPublicKeyInfo() : ((ECDsa)_key).ExportSubjectPublicKeyInfo();
        var leaf = _certificates.Find(certificate => certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(publicKey))
            ?? throw _errors.Mismatch(_certificates.Count);
        _certificates.Remove(leaf);
        using (leaf)
        {
            // One from a PKCS#12 has its key already, and would be refused here.
            using var bare = X509CertificateLoader.LoadCertificate(leaf.RawDataMemory.Span);
            var withKey = _key is RSA rsaKey ? bare.CopyWithPrivateKey(rsaKey) : bare.CopyWithPrivateKey((ECDsa)_key);
            return OperatingSystem.IsWindows() ? Persist(withKey) : withKey;
        }
    }

    private static AsymmetricAlgorithm ReadPkcs12(ReadOnlySpan<byte> value, List<X509Certificate2> certificates, string? passphrase, CertificateErrors errors)
    {
        byte[]? decoded = null;
        try
        {
            if (value.IsEmpty || value[0] != Sequence)
            {
                decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(value.Length)];
                var isBase64 = Base64.DecodeFromUtf8(value, decoded, out _, out var length) == OperationStatus.Done;
                value = isBase64 && length > 0 && decoded[0] == Sequence ? decoded.AsSpan(0, length) : throw errors.NeitherForm();
            }

            certificates.AddRange(OpenPkcs12(value, passphrase, errors));
            if (!certificates.TrueForAll(CertificateIssue.IsWhole))
            {
                throw errors.BrokenPkcs12();
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(decoded);
        }

        var owners = certificates.FindAll(static certificate => certificate.HasPrivateKey);
        return owners.Count switch
        {
            0 => throw errors.NoKey(),
            1 => KeyOf(owners[0]) ?? throw errors.UnknownKey(),
            _ => throw errors.SeveralKeys(),
        };
    }

    private static AsymmetricAlgorithm? KeyOf(X509Certificate2 owner)
    {
        try
        {
            return (AsymmetricAlgorithm?)owner.GetRSAPrivateKey() ?? owner.GetECDsaPrivateKey();
        }
        catch (Exception error) when (PlatformRefusal.Is(error))
        {
            return null;
        }
    }

    private static X509Certificate2Collection OpenPkcs12(ReadOnlySpan<byte> value, string? passphrase, CertificateErrors errors)
    {
        // Where the system allows it, the key is never written to disk.
        var flags = (OperatingSystem.IsLinux() ? X509KeyStorageFlags.EphemeralKeySet : X509KeyStorageFlags.DefaultKeySet) | (passphrase is null ? 0 : X509KeyStorageFlags.Exportable);
        try
        {
            return X509CertificateLoader.LoadPkcs12Collection(value, passphrase, flags);
        }
        catch (Exception error) when (PlatformRefusal.Is(error))
        {
            // Its message can tell no more than that the password or the content is wrong.
            throw IsBare(value) ? errors.BareCertificate() : passphrase is null ? errors.BrokenPkcs12() : errors.WrongPassphrase();
        }
    }

    private static bool IsBare(ReadOnlySpan<byte> value)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(value);
            return true;
        }
        catch (Exception error) when (PlatformRefusal.Is(error))
        {
            return false;
        }
    }

    // A PEM text may lie in pieces: in the fields of a JSON object, as the files of a directory and the answers of certificate authorities have them.
    private static byte[]? JoinFields(ReadOnlyMemory<byte> value)
    {
        if (!value.Span.TrimStart(" \t\r\n"u8).StartsWith("{"u8) || !StrictJson.TryParse(value, out var document, out _))
        {
            return null;
        }

        using (document)
        {
            return Encoding.UTF8.GetBytes(string.Join('\n', document.RootElement.EnumerateObject().SelectMany(static field => Texts(field.Value))));
        }
    }

    private static IEnumerable<string> Texts(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().SelectMany(Texts) : StrictJson.TextOf(value) is { } text ? [text] : [];

    // Schannel cannot use a key that only this process has: https://github.com/dotnet/runtime/issues/23749.
    private static X509Certificate2 Persist(X509Certificate2 withKey)
    {
        using (withKey)
        {
            var pkcs12 = withKey.Export(X509ContentType.Pkcs12);
            try
            {
                return X509CertificateLoader.LoadPkcs12(pkcs12, password: null);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(pkcs12);
            }
        }
    }
}
