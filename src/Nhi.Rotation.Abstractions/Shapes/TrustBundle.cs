using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using Nhi.Rotation.Shapes;

namespace Nhi.Rotation;

/// <summary>
/// A credential's value read as the certificates that are trusted: PEM text with one or more (<c>ca.crt</c>, <c>svid_bundle.pem</c>), and no private key. Parse it once per version,
/// <c>provider.Derive(TrustBundle.Parse)</c>, and ask the current one in each handshake: what is trusted follows the rotation at once.
/// </summary>
/// <remarks>Immutable and safe for concurrent use. Leave it to the garbage collector: a handshake may be using it when its version is replaced.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class TrustBundle
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _certificates;

    private TrustBundle(X509Certificate2Collection certificates) => _certificates = certificates;

    /// <summary>The certificates, as they were stored.</summary>
    [JsonIgnore]
    public IReadOnlyList<X509Certificate2> Certificates => [.. _certificates];

    /// <summary>Reads a version; reveals it once. Dates are not looked at.</summary>
    /// <param name="credential">The version.</param>
    /// <exception cref="CredentialFormatException">It has no certificate, a block that is damaged, or a private key, which has no place in what others are given.</exception>
    public static TrustBundle Parse(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return new TrustBundle([.. PemBlocks.ReadCertificates(credential.RevealBytes().Span, new CertificateErrors(credential))]);
    }

    /// <summary>
    /// Whether a server's certificate leads to one that is trusted here, and nowhere else: what a <see cref="RemoteCertificateValidationCallback"/> answers. The name must be right and the
    /// certificates valid now. Revocation is not looked up.
    /// </summary>
    /// <param name="certificate">The server's certificate.</param>
    /// <param name="chain">The chain that came with it.</param>
    /// <param name="errors">What was found so far. That the chain is not trusted by the machine does not matter.</param>
    public bool AcceptsServer(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => Accepts(certificate, chain, errors, ServerAuthentication);

    /// <summary>The same for the certificate of a client; it has no name to compare.</summary>
    /// <param name="certificate">The client's certificate.</param>
    /// <param name="chain">The chain that came with it.</param>
    /// <param name="errors">What was found so far. That the chain is not trusted by the machine does not matter.</param>
    public bool AcceptsClient(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => Accepts(certificate, chain, errors, ClientAuthentication);

    /// <summary>How many there are.</summary>
    public override string ToString() => FormattableString.Invariant($"{_certificates.Count} trusted certificates");

    private bool Accepts(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors, string usage)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return false;
        }

        try
        {
            return LeadsHere(certificate, sent, usage);
        }
        catch (Exception error) when (PlatformRefusal.Is(error))
        {
            // What cannot be read leads nowhere.
            return false;
        }
    }

    private bool LeadsHere(X509Certificate certificate, X509Chain? sent, string usage)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_certificates);
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(usage));
        var presented = certificate as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        try
        {
            return SeenIssuers.Build(chain, presented);
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }

            if (!ReferenceEquals(presented, certificate))
            {
                presented.Dispose();
            }
        }
    }
}
