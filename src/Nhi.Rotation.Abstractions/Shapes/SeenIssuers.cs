using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nhi.Rotation.Shapes;

/// <summary>
/// The intermediate authorities of chains that were trusted. A resumed TLS session brings the peer's own certificate alone, for OpenSSL keeps no more in it, and so the way to the root has to be
/// remembered. They lead to a root and are none: whether it is trusted is asked each time.
/// </summary>
internal static class SeenIssuers
{
    // More than all partners of a process have. Beyond it the one that ends first goes.
    private const int Most = 256;

    private static readonly ConcurrentDictionary<string, X509Certificate2> Seen = new(StringComparer.Ordinal);

    /// <summary>Builds a chain, with what was seen before if it lacks something.</summary>
    /// <param name="chain">With a policy.</param>
    /// <param name="leaf">The peer's certificate.</param>
    /// <returns>Whether it is trusted. The elements are those of the last attempt.</returns>
    /// <exception cref="CryptographicException">Something cannot be read.</exception>
    public static bool Build(X509Chain chain, X509Certificate2 leaf)
    {
        if (chain.Build(leaf))
        {
            Remember(chain);
            return true;
        }

        if (Above(leaf) is not { Count: > 0 } above)
        {
            return false;
        }

        foreach (var element in chain.ChainElements)
        {
            element.Certificate.Dispose();
        }

        chain.ChainPolicy.ExtraStore.AddRange(above);
        return chain.Build(leaf);
    }

    private static void Remember(X509Chain chain)
    {
        foreach (var element in chain.ChainElements.Skip(1).SkipLast(1))
        {
            var der = element.Certificate.RawDataMemory.Span;
            var hash = Convert.ToHexStringLower(SHA256.HashData(der));
            if (Seen.ContainsKey(hash))
            {
                continue;
            }

            while (Seen.Count >= Most)
            {
                Seen.TryRemove(Seen.MinBy(static one => one.Value.NotAfter).Key, out _);
            }

            Seen.TryAdd(hash, X509CertificateLoader.LoadCertificate(der));
        }
    }

    private static X509Certificate2Collection Above(X509Certificate2 leaf)
    {
        var found = new X509Certificate2Collection();
        for (var below = new Queue<X509Certificate2>([leaf]); below.TryDequeue(out var one);)
        {
            foreach (var issuer in Seen.Values.Where(seen => seen.SubjectName.RawData.AsSpan().SequenceEqual(one.IssuerName.RawData) && !found.Any(known => ReferenceEquals(known, seen))))
            {
                found.Add(issuer);
                below.Enqueue(issuer);
            }
        }

        return found;
    }
}
