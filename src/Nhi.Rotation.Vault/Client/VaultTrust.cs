using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nhi.Rotation.Vault.Client;

/// <summary>Trusts the certificates of the user's own and no others. They are read for each new connection, so a new CA is trusted without a restart.</summary>
internal sealed class VaultTrust(VaultTls tls)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Whether Vault's certificate leads to one that is trusted, and has the right name.</summary>
    /// <exception cref="VaultTrustException">What is trusted cannot be read.</exception>
    public bool Accepts(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        // First, so that a mistake in what is trusted is not taken for one in a name.
        var roots = ReadRoots();
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        using var presented = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(presented);
    }

    private X509Certificate2Collection ReadRoots()
    {
        var roots = new X509Certificate2Collection();
        if (tls is { CaFile: null, CaText: { } text })
        {
            Import(roots, text, "VAULT_CACERT_BYTES");
            return roots;
        }

        var place = tls.CaFile ?? tls.CaFolder!;
        var variable = tls.CaFile is null ? "VAULT_CAPATH" : "VAULT_CACERT";
        try
        {
            foreach (var file in tls.CaFile is null ? Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories) : [place])
            {
                Import(roots, File.ReadAllText(file), $"'{file}' ({variable})");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new VaultTrustException($"'{place}' ({variable}) cannot be read ({error.GetType().Name})");
        }

        return roots.Count > 0 ? roots : throw new VaultTrustException($"'{place}' ({variable}) has no certificate");
    }

    private static void Import(X509Certificate2Collection roots, string text, string where)
    {
        var before = roots.Count;
        try
        {
            roots.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            throw new VaultTrustException($"{where} has a block that is no certificate");
        }

        if (roots.Count == before)
        {
            throw new VaultTrustException($"{where} has no certificate in PEM");
        }
    }
}
