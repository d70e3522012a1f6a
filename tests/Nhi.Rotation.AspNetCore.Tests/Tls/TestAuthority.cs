using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nhi.Rotation.AspNetCore.Tests.Tls;

/// <summary>A root and an intermediate that issue certificates for localhost.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _intermediate;
    private int _issued;

    public TestAuthority()
    {
        Root = Issue("CN=Test Root", issuer: null, isAuthority: true).Certificate;
        _intermediate = Issue("CN=Test Intermediate", Root, isAuthority: true).Certificate;
    }

    public X509Certificate2 Root { get; }

    public string IntermediatePem => _intermediate.ExportCertificatePem();

    /// <summary>Leaf, intermediate, key.</summary>
    public (string Chain, string Key) IssueLeaf(string host = "localhost", DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null, bool rsa = false)
    {
        var (certificate, key) = Issue($"CN={host}, OU={++_issued}", _intermediate, isAuthority: false, host, notBefore, notAfter, rsa);
        using (certificate)
        {
            return ($"{certificate.ExportCertificatePem()}\n{IntermediatePem}\n", key + "\n");
        }
    }

    /// <summary>A leaf with its key.</summary>
    public X509Certificate2 Issue(string host) => Issue($"CN={host}", _intermediate, isAuthority: false, host).Certificate;

    public string IssuePem(string host = "localhost")
    {
        var (chain, key) = IssueLeaf(host);
        return chain + key;
    }

    public bool Trusts(X509Certificate? certificate, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        return certificate is X509Certificate2 leaf && chain.Build(leaf);
    }

    public void Dispose()
    {
        Root.Dispose();
        _intermediate.Dispose();
    }

    private static (X509Certificate2 Certificate, string Key) Issue(
        string subject, X509Certificate2? issuer, bool isAuthority, string? host = null, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null, bool rsa = false)
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsaKey = RSA.Create(2048);
        var request = rsa
            ? new CertificateRequest(subject, rsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, ec, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (host is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        var now = TimeProvider.System.GetUtcNow();
        var from = notBefore ?? now.AddHours(-1);
        var until = notAfter ?? now.AddHours(isAuthority ? 48 : 24);
        if (issuer is null)
        {
            return (request.CreateSelfSigned(now.AddDays(-9), now.AddDays(9)), string.Empty);
        }

        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        using var issuerKey = issuer.GetECDsaPrivateKey()!;
        using var issued = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), isAuthority ? now.AddDays(-8) : from, isAuthority ? now.AddDays(8) : until, RandomNumberGenerator.GetBytes(8));
        return rsa
            ? (issued.CopyWithPrivateKey(rsaKey), rsaKey.ExportPkcs8PrivateKeyPem())
            : (issued.CopyWithPrivateKey(ec), ec.ExportPkcs8PrivateKeyPem());
    }
}
