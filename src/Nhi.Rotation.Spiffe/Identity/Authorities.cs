using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Nhi.Rotation.Shapes;

namespace Nhi.Rotation.Spiffe.Identity;

/// <summary>The certificates that sign for one trust domain: its bundle. A chain ends at one of them that signed itself.</summary>
/// <param name="TrustDomain">The domain's name.</param>
/// <param name="Certificates">What the bundle has.</param>
/// <param name="Former">What it had before in this process: nobody is trusted for it, but who still shows what it signed is known.</param>
internal sealed record Authorities(string TrustDomain, X509Certificate2Collection Certificates, X509Certificate2Collection Former)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // Who rotates more often than that within a process has other worries.
    private const int MostFormer = 16;

    /// <summary>The bundle after this one.</summary>
    /// <param name="certificates">What it has.</param>
    public Authorities Follow(X509Certificate2Collection certificates) =>
        new(TrustDomain, certificates, [.. Certificates.Concat(Former).Where(one => !certificates.Any(other => other.RawDataMemory.Span.SequenceEqual(one.RawDataMemory.Span))).Take(MostFormer)]);

    /// <summary>The one at the end of a peer's chain, now.</summary>
    /// <param name="leaf">The peer's certificate.</param>
    /// <param name="sent">What came with it.</param>
    /// <param name="isServer">Which side it is on.</param>
    /// <param name="reason">Why there is none, as the rest of a sentence.</param>
    /// <returns>It; <see langword="null"/> if the chain leads to none.</returns>
    public X509Certificate2? FindRoot(X509Certificate2 leaf, X509Certificate2Collection? sent, bool isServer, out string reason) =>
        Find(Certificates, leaf, sent, isServer, out reason);

    /// <summary>The one that the bundle had, at the end of a peer's chain.</summary>
    public X509Certificate2? FindFormerRoot(X509Certificate2 leaf, X509Certificate2Collection? sent, bool isServer) =>
        Former.Count == 0 ? null : Find(Former, leaf, sent, isServer, out _);

    /// <summary>Whether one of them signed, directly or not; the dates are not looked at.</summary>
    public bool SignedAtAnyTime(X509Certificate2 leaf, X509Certificate2Collection sent)
    {
        using var chain = NewChain(Certificates, sent);
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return RootOf(chain, leaf, Certificates, static (chain, leaf) => chain.Build(leaf), out _) is not null;
    }

    private X509Certificate2? Find(X509Certificate2Collection roots, X509Certificate2 leaf, X509Certificate2Collection? sent, bool isServer, out string reason)
    {
        using var chain = NewChain(roots, sent);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(isServer ? ServerAuthentication : ClientAuthentication));
        var root = RootOf(chain, leaf, roots, SeenIssuers.Build, out var status);
        reason = status switch
        {
            _ when (status & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) != 0 => $"leads to no certificate in the trust bundle of {TrustDomain}",
            _ when (status & X509ChainStatusFlags.NotTimeValid) != 0 => "is not valid now, or one above it is not",
            _ when (status & X509ChainStatusFlags.NotValidForUsage) != 0 => $"is not for TLS {(isServer ? "servers" : "clients")}, by its extended key usage or that of one above it",
            _ => $"leads to no certificate in the trust bundle of {TrustDomain}",
        };
        return root;
    }

    private static X509Chain NewChain(X509Certificate2Collection roots, X509Certificate2Collection? sent)
    {
        var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.ExtraStore.AddRange(sent ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain;
    }

    private static X509Certificate2? RootOf(X509Chain chain, X509Certificate2 leaf, X509Certificate2Collection roots, Func<X509Chain, X509Certificate2, bool> build, out X509ChainStatusFlags status)
    {
        status = X509ChainStatusFlags.NoError;
        try
        {
            if (!build(chain, leaf))
            {
                status = chain.ChainStatus.Aggregate(status, static (all, one) => all | one.Status);
                return null;
            }

            var last = chain.ChainElements[^1].Certificate.RawDataMemory;
            return roots.FirstOrDefault(root => root.RawDataMemory.Span.SequenceEqual(last.Span));
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
