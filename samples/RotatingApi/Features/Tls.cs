using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation;
using Nhi.Rotation.AspNetCore;

namespace RotatingApi.Features;

/// <summary>HTTPS with a certificate that rotates: docs/tls.md. Callers trust the authority of the demonstration and nobody else.</summary>
internal static class Tls
{
    public const string Certificate = "tls";
    public const string CertificateFile = "tls.crt";
    public const string KeyFile = "tls.key";
    public const string AuthorityFile = "ca.crt";

    public static void AddTls(this WebApplicationBuilder builder, string secrets)
    {
        builder.Services.AddRotatingCredentials()
            .AddCredential(Certificate, credential => credential.FromPemFiles(Path.Join(secrets, CertificateFile), Path.Join(secrets, KeyFile)));
        builder.Services.AddRotatingTls(tls => tls.DrainTime = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.UseRotatingCertificate(kestrel.ApplicationServices, Certificate)));
    }

    /// <summary>What a client of either service connects with.</summary>
    public static SocketsHttpHandler NewHandler(string secrets)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(Path.Join(secrets, AuthorityFile)));
        return new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } };
    }

    /// <summary>Connections that were opened with a certificate that has been replaced, and still are.</summary>
    public static int CountOldConnections(IRotationLedger ledger) =>
        ledger.GetUses(Certificate).Where(use => use.Stage != CredentialStage.Current).Sum(use => use.Held);
}
