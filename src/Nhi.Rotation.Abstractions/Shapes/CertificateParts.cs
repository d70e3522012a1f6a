using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nhi.Rotation.Shapes;

/// <summary>The certificates and the key of a value, not yet put in order. What nobody took is disposed with it.</summary>
internal sealed class CertificateParts : IDisposable
{
    // The first byte of every PKCS#12: an ASN.1 SEQUENCE.
    private const byte Sequence = 0x30;

    private readonly CertificateErrors _errors;
    private readonly List<X509Certificate2> _certificates;
    private readonly AsymmetricAlgorithm _key;

    private CertificateParts(CertificateErrors errors, List<X509Certificate2> certificates, AsymmetricAlgorithm key)
    {
        _errors = errors;
        _certificates = certificates;
        _key = key;
    }

    public static CertificateParts Read(Credential credential)
    {
        var errors = new CertificateErrors(credential);
        var value = credential.RevealBytes().Span;
        var certificates = new List<X509Certificate2>();
        AsymmetricAlgorithm? key = null;
        try
        {
            key = PemBlocks.IsPem(value) ? PemBlocks.Read(value, certificates, errors) : ReadPkcs12(value, certificates, errors);
            return certificates.Count == 0 ? throw errors.NoCertificate() : new CertificateParts(errors, certificates, key);
        }
        catch
        {
            certificates.ForEach(static certificate => certificate.Dispose());
            key?.Dispose();
            throw;
        }
    }

    /// <summary>The certificate that the key belongs to, with the key.</summary>
    public X509Certificate2 TakeLeaf()
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

    /// <summary>All other certificates, the leaf's issuer first.</summary>
    public List<X509Certificate2> TakeChainOf(X509Certificate2 leaf)
    {
        // Files that were put together from two sources often have a certificate twice.
        var rest = _certificates.DistinctBy(static certificate => certificate.Thumbprint).Where(certificate => certificate.Thumbprint != leaf.Thumbprint).ToList();
        var chain = new List<X509Certificate2>(rest.Count);
        for (var last = leaf; rest.Count > 0; last = chain[^1])
        {
            var issuers = rest.FindAll(candidate => CanHaveIssued(candidate, last));
            if (issuers.Count != 1)
            {
                throw issuers.Count == 0 ? _errors.NotInChain(rest[0], last) : _errors.Ambiguous(last);
            }

            chain.Add(issuers[0]);
            rest.Remove(issuers[0]);
        }

        chain.ForEach(certificate => _certificates.Remove(certificate));
        return chain;
    }

    public void Dispose()
    {
        _certificates.ForEach(static certificate => certificate.Dispose());
        _key.Dispose();
    }

    private static AsymmetricAlgorithm ReadPkcs12(ReadOnlySpan<byte> value, List<X509Certificate2> certificates, CertificateErrors errors)
    {
        byte[]? decoded = null;
        try
        {
            if (value[0] != Sequence)
            {
                decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(value.Length)];
                var isBase64 = Base64.DecodeFromUtf8(value, decoded, out _, out var length) == OperationStatus.Done;
                value = isBase64 && length > 0 && decoded[0] == Sequence ? decoded.AsSpan(0, length) : throw errors.NeitherForm();
            }

            // Where the system allows it, the key is never written to disk.
            var flags = OperatingSystem.IsLinux() ? X509KeyStorageFlags.EphemeralKeySet : X509KeyStorageFlags.DefaultKeySet;
            certificates.AddRange(X509CertificateLoader.LoadPkcs12Collection(value, password: null, flags));
        }
        catch (CryptographicException)
        {
            // Its message can tell no more than that the password or the content is wrong.
            throw errors.BrokenPkcs12();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(decoded);
        }

        var owners = certificates.FindAll(static certificate => certificate.HasPrivateKey);
        return owners.Count switch
        {
            0 => throw errors.NoKey(),
            1 => (AsymmetricAlgorithm?)owners[0].GetRSAPrivateKey() ?? owners[0].GetECDsaPrivateKey() ?? throw errors.UnknownKey(),
            _ => throw errors.SeveralKeys(),
        };
    }

    // By name and, where both say it, by key identifier: an issuer that was renewed with another key has the same name (RFC 5280, 4.2.1.1).
    private static bool CanHaveIssued(X509Certificate2 issuer, X509Certificate2 child)
    {
        if (!issuer.SubjectName.RawData.AsSpan().SequenceEqual(child.IssuerName.RawData))
        {
            return false;
        }

        var wanted = child.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        var actual = issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes;
        return wanted is not { } key || actual is not { } id || key.Span.SequenceEqual(id.Span);
    }

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
