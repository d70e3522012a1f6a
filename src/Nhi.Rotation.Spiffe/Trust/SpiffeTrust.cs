using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Nhi.Rotation.Spiffe.Trust;

namespace Nhi.Rotation.Spiffe;

/// <summary>
/// Validates the other side of TLS connections against the trust bundles of this moment, its own trust domain's and federated ones, by the rules of the X.509-SVID standard: the certificate identifies
/// exactly one workload, and leads to a root of that workload's own trust domain. Host names do not count. Take it from dependency injection, after <c>AddSpiffe</c> or <c>FromSpiffe</c>.
/// </summary>
/// <remarks>
/// Safe for concurrent use. What the delegates answer follows the bundles from handshake to handshake; connections that are open stay. Where a credential is declared with
/// <c>FromSpiffeRoots</c>, each peer counts as a use of the root that its certificate leads to, who is refused for its ID or because the root was taken out as well.
/// </remarks>
public sealed class SpiffeTrust
{
    private readonly TrustStore _store;
    private readonly PeerCheck _check;

    internal SpiffeTrust(TrustStore store, PeerCheck check)
    {
        (_store, _check) = (store, check);
        store.Start();
    }

    /// <summary>The trust domains whose workloads can be validated now.</summary>
    public IReadOnlyCollection<string> TrustDomains => _store.TrustDomains;

    /// <summary>What a server asks of its clients: for Kestrel's <c>ClientCertificateValidation</c>.</summary>
    /// <param name="clients">Who may call.</param>
    public Func<X509Certificate2, X509Chain?, SslPolicyErrors, bool> AcceptClients(SpiffeMatch clients)
    {
        ArgumentNullException.ThrowIfNull(clients);
        return (certificate, chain, errors) => _check.Accepts(certificate, chain, errors, clients, isServer: false);
    }

    /// <summary>What a client asks of its server: for <c>SslClientAuthenticationOptions.RemoteCertificateValidationCallback</c>.</summary>
    /// <param name="servers">Who is to answer.</param>
    public RemoteCertificateValidationCallback AcceptServers(SpiffeMatch servers)
    {
        ArgumentNullException.ThrowIfNull(servers);
        return (_, certificate, chain, errors) => _check.Accepts(certificate, chain, errors, servers, isServer: true);
    }
}
