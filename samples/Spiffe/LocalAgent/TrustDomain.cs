using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SpiffeSample.LocalAgent;

/// <summary>A trust domain with a certificate authority of its own, whose roots rotate: prepared, then signing, then gone.</summary>
public sealed class TrustDomain(string name) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<X509Certificate2> _roots = [NewAuthority(name)];
    private int _signing;

    public string Name => name;

    public string Id => $"spiffe://{name}";

    /// <summary>What signs its tokens.</summary>
    public TokenAuthority Tokens { get; } = new(name);

    /// <summary>The certificates that its bundle has now.</summary>
    public IReadOnlyList<X509Certificate2> Roots
    {
        get
        {
            lock (_gate)
            {
                return [.. _roots];
            }
        }
    }

    public byte[] ToBundle() => [.. Roots.SelectMany(root => root.RawData)];

    /// <summary>Puts a new root into the bundle. It signs nothing yet, so that everybody learns of it first.</summary>
    public X509Certificate2 PrepareRoot()
    {
        lock (_gate)
        {
            _roots.Add(NewAuthority(name));
            return _roots[^1];
        }
    }

    /// <summary>From now on the newest root signs.</summary>
    public void ActivateRoot()
    {
        lock (_gate)
        {
            _signing = _roots.Count - 1;
        }
    }

    /// <summary>Takes the oldest root out of the bundle.</summary>
    public void DropOldRoot()
    {
        lock (_gate)
        {
            _roots.RemoveAt(0);
            _signing = Math.Max(0, _signing - 1);
        }
    }

    /// <summary>Issues an SVID.</summary>
    public IssuedSvid Issue(string path, TimeSpan life, Action<SvidShape>? shape = null)
    {
        var wanted = new SvidShape { Life = life };
        shape?.Invoke(wanted);
        X509Certificate2 root;
        lock (_gate)
        {
            root = _roots[_signing];
        }

        using var intermediate = wanted.HasIntermediate ? NewAuthority(name, root) : null;
        var issuer = intermediate ?? root;

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("O=SPIFFE", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(wanted.IsAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(wanted.IsAuthority ? X509KeyUsageFlags.KeyCertSign : X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(wanted.IsForServers ? [new Oid("1.3.6.1.5.5.7.3.1")] : [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        var uris = wanted.Uris ?? [Id + path];
        if (uris.Count > 0)
        {
            request.CertificateExtensions.Add(NamesOf(uris));
        }

        // As authorities of short-lived certificates do: clocks differ.
        var now = TimeProvider.System.GetUtcNow() + wanted.Shift;
        using var issuerKey = issuer.GetECDsaPrivateKey()!;
        using var certificate = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), now.AddSeconds(-10), now + wanted.Life, RandomNumberGenerator.GetBytes(16));
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new IssuedSvid(Id + path, (byte[])[.. certificate.RawData, .. intermediate?.RawData ?? []], (wanted.HasForeignKey ? other : key).ExportPkcs8PrivateKey());
    }

    public void Dispose()
    {
        Tokens.Dispose();
        foreach (var root in Roots)
        {
            root.Dispose();
        }
    }

    // Exactly as given: the builder of .NET puts a slash behind a trust domain.
    private static X509Extension NamesOf(IReadOnlyList<string> uris)
    {
        var names = new AsnWriter(AsnEncodingRules.DER);
        using (names.PushSequence())
        {
            foreach (var uri in uris)
            {
                names.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
            }
        }

        return new X509Extension("2.5.29.17", names.Encode(), critical: false);
    }

    private static X509Certificate2 NewAuthority(string name, X509Certificate2? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"O=SPIFFE, CN={name} {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(NamesOf([$"spiffe://{name}"]));
        var now = TimeProvider.System.GetUtcNow();
        if (issuer is null)
        {
            return request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        }

        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        using var issuerKey = issuer.GetECDsaPrivateKey()!;
        using var certificate = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), now.AddMinutes(-30), now.AddHours(12), RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }
}
