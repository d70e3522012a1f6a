using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RotatingApi.Features;

namespace RotatingApi;

/// <summary>Issues the certificates of the demonstration.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    // A replacement goes live when its not-before time and the tolerated clock skew have passed.
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private readonly X509Certificate2 _certificate;

    public CertificateAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority of the demonstration", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow - Backdated, DateTimeOffset.UtcNow + Lifetime);
    }

    /// <summary>Makes a service trust the authority.</summary>
    public void Introduce(ServiceProcess service) => service.Write(Tls.AuthorityFile, _certificate.ExportCertificatePem());

    /// <summary>Gives a service a new certificate, the two files one after the other.</summary>
    public void Issue(ServiceProcess service)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Service of the demonstration", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var certificate = request.Create(_certificate, _certificate.NotBefore, _certificate.NotAfter, RandomNumberGenerator.GetBytes(16));
        service.Write(Tls.CertificateFile, certificate.ExportCertificatePem());
        service.Write(Tls.KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _certificate.Dispose();
}
