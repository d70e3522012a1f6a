using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>A self-signed certificate that lives in memory.</summary>
internal static class ServerCertificate
{
    public static X509Certificate2 Create(params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Key Vault test server", key, HashAlgorithmName.SHA256);
        var subject = new SubjectAlternativeNameBuilder();
        subject.AddIpAddress(IPAddress.Loopback);
        foreach (var name in names)
        {
            subject.AddDnsName(name);
        }

        request.CertificateExtensions.Add(subject.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
