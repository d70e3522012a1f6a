using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.Spiffe.Trust;

/// <summary>Counts who relies on which root, with the credentials that hold the roots of trust domains: a peer's handshake is a use of the root that its certificate leads to, or led to before the root was taken out.</summary>
internal sealed class RootUses
{
    private readonly Dictionary<string, IRotatingCredentialProvider> _byDomain;

    public RootUses(IServiceProvider services, IEnumerable<RootsCredential> credentials) => _byDomain = credentials
        .DistinctBy(static credential => credential.TrustDomain)
        .ToDictionary(static credential => credential.TrustDomain, credential => services.GetRequiredKeyedService<IRotatingCredentialProvider>(credential.Name).ForConsumer("peers"), StringComparer.Ordinal);

    public void Count(SpiffeId peer, X509Certificate2 root)
    {
        if (_byDomain.TryGetValue(peer.TrustDomain, out var roots))
        {
            roots.Match(root.RawDataMemory.Span, peer.ToString());
        }
    }
}
