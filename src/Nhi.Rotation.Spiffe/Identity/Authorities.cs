using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;

namespace Nhi.Rotation.Spiffe.Identity;

/// <summary>The certificates that sign for one trust domain: its bundle. A chain ends at one of them that signed itself.</summary>
/// <param name="TrustDomain">The domain's name.</param>
/// <param name="Der">The bundle as it was sent.</param>
/// <param name="Certificates">What it says.</param>
internal sealed record Authorities(string TrustDomain, ByteString Der, X509Certificate2Collection Certificates)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>The one at the end of a peer's chain, now.</summary>
    /// <param name="leaf">The peer's certificate.</param>
    /// <param name="sent">What came with it.</param>
    /// <param name="isServer">Which side it is on.</param>
    /// <returns>It; <see langword="null"/> if the chain leads to none.</returns>
    public X509Certificate2? FindRoot(X509Certificate2 leaf, X509Certificate2Collection? sent, bool isServer)
    {
        using var chain = NewChain(sent);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(isServer ? ServerAuthentication : ClientAuthentication));
        return RootOf(chain, leaf);
    }

    /// <summary>Whether one of them signed, directly or not; the dates are not looked at.</summary>
    public bool SignedAtAnyTime(X509Certificate2 leaf, X509Certificate2Collection sent)
    {
        using var chain = NewChain(sent);
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return RootOf(chain, leaf) is not null;
    }

    private X509Chain NewChain(X509Certificate2Collection? sent)
    {
        var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Certificates);
        chain.ChainPolicy.ExtraStore.AddRange(sent ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain;
    }

    private X509Certificate2? RootOf(X509Chain chain, X509Certificate2 leaf)
    {
        try
        {
            if (!chain.Build(leaf))
            {
                return null;
            }

            var last = chain.ChainElements[^1].Certificate.RawDataMemory;
            return Certificates.FirstOrDefault(root => root.RawDataMemory.Span.SequenceEqual(last.Span));
        }
        catch (CryptographicException)
        {
            // What cannot be read leads nowhere.
            return null;
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }
}
