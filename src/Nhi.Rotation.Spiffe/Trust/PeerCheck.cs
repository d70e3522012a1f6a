using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Spiffe.Identity;
using Nhi.Rotation.Spiffe.Telemetry;

namespace Nhi.Rotation.Spiffe.Trust;

/// <summary>Whether a peer is who it is expected to be: the X.509-SVID standard, section 5.</summary>
internal sealed class PeerCheck(TrustStore store, RootUses roots, TimeProvider time, IServiceProvider services)
{
    // Refused peers come in swarms, and one of them tells it all.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = services.GetBackendLogger(Log.Category);
    private readonly Lock _gate = new();
    private long? _toldAt;
    private int _untold;

    public bool Accepts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, SpiffeMatch expected, bool isServer)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return Refuse(isServer, "it shows no certificate");
        }

        X509Certificate2? own = null;
        try
        {
            var leaf = certificate as X509Certificate2 ?? (own = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()));
            return FindReason(leaf, chain?.ChainPolicy.ExtraStore, expected, isServer) is not { } reason || Refuse(isServer, reason);
        }
        catch (CryptographicException)
        {
            return Refuse(isServer, "its certificate cannot be read");
        }
        finally
        {
            own?.Dispose();
        }
    }

    private string? FindReason(X509Certificate2 certificate, X509Certificate2Collection? sent, SpiffeMatch expected, bool isServer)
    {
        var leaf = Leaf.Read(certificate);
        if (leaf.Id is not { } id)
        {
            return $"its certificate {leaf.Mistake}";
        }

        if (store.Find(id.TrustDomain) is not { } authorities)
        {
            return $"it says to be {id}, and there is no trust bundle of {id.TrustDomain}";
        }

        if (authorities.FindRoot(certificate, sent, isServer, out var reason) is not { } root)
        {
            return $"it says to be {id}, and its certificate {FindFormer(authorities, id, certificate, sent, isServer) ?? reason}";
        }

        // Who is not expected relies on the root as well.
        roots.Count(id, root);
        return Matches(expected, id) ? null : $"it is {id}, and expected is {expected}";
    }

    // Taken out too early: who is refused now is who relied on it.
    private string? FindFormer(Authorities authorities, SpiffeId id, X509Certificate2 certificate, X509Certificate2Collection? sent, bool isServer)
    {
        if (authorities.FindFormerRoot(certificate, sent, isServer) is not { } former)
        {
            return null;
        }

        roots.Count(id, former);
        return $"leads to a root that was taken out of the trust bundle of {id.TrustDomain}";
    }

    private static bool Matches(SpiffeMatch expected, SpiffeId id)
    {
        try
        {
            return expected.Matches(id);
        }
#pragma warning disable CA1031 // A rule of the user's own; in a handshake an exception would tell nobody anything.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private bool Refuse(bool isServer, string reason)
    {
        int untold;
        lock (_gate)
        {
            if (_toldAt is { } told && time.GetElapsedTime(told) < Pause)
            {
                _untold++;
                return false;
            }

            _toldAt = time.GetTimestamp();
            untold = _untold;
            _untold = 0;
        }

        Log.PeerRefused(_logger, isServer ? "server" : "client", reason, untold);
        return false;
    }
}
