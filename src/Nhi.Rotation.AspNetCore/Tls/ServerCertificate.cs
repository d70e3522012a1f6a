using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace Nhi.Rotation.AspNetCore.Tls;

/// <summary>The current version of one certificate, ready for handshakes.</summary>
internal sealed class ServerCertificate
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _drainTime;
    private readonly IDerived<Built> _derived;
    private volatile Built? _latest;

    public ServerCertificate(IRotatingCredentialProvider provider, TimeProvider time, TimeSpan drainTime)
    {
        _time = time;
        _drainTime = drainTime;
        _derived = provider.Derive(Build);
    }

    /// <summary>What a handshake presents. Counts one use, and the connection holds the version until it is closed.</summary>
    /// <exception cref="AuthenticationException">There is nothing to present.</exception>
    public SslStreamCertificateContext Present(ConnectionContext connection)
    {
        try
        {
            // The source and what was built from it belong together, and the hold already counts the use: so this looks here and not at what was derived.
            while (true)
            {
                var source = _derived.Source;
                for (var built = _latest; built is not null; built = built.Before)
                {
                    if (built.VersionId == source.VersionId)
                    {
                        _ = new CertifiedConnection(connection, source, _time, _drainTime);
                        return built.Context;
                    }
                }
            }
        }
        catch (CredentialUnavailableException nothing)
        {
            // Kestrel then refuses this one connection, as after any handshake that failed. The engine has told of it.
            throw new AuthenticationException(nothing.Message);
        }
    }

    private Built Build(Credential credential)
    {
        // Not disposed when it is replaced: a handshake may be using it. The finalizers of its handles do that.
#pragma warning disable CA2000
        var context = TlsCertificate.Parse(credential).CreateContext();
#pragma warning restore CA2000
        return _latest = new Built(credential.VersionId, context, _latest is { } before ? before with { Before = null } : null);
    }

    private sealed record Built(string VersionId, SslStreamCertificateContext Context, Built? Before);
}
