using System.Net.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Nhi.Rotation.AspNetCore.Tls;

namespace Nhi.Rotation.AspNetCore;

/// <summary>Lets Kestrel's endpoints serve certificates that rotate. Needs <c>AddRotatingTls</c>.</summary>
public static class RotatingCertificateExtensions
{
    /// <summary>
    /// Serves the current version of a certificate with its chain; for <c>ConfigureHttpsDefaults</c> or <c>UseHttps</c>. Each connection holds its version until it
    /// is closed and, once that is replaced, is asked to close within <see cref="RotatingTlsOptions.DrainTime"/>. Everything else Kestrel offers stays as
    /// configured, but <c>OnAuthenticate</c>: set yours before, and it is called after. An endpoint with a <c>ServerCertificate</c> keeps that. Not for HTTP/3.
    /// </summary>
    /// <param name="https">The options.</param>
    /// <param name="services">The application's services: <c>kestrel.ApplicationServices</c>.</param>
    /// <param name="credentialName">The credential, as registered; declare it with <see cref="CredentialBuilder.AsCertificate()"/> or from PEM files.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="InvalidOperationException"><c>AddRotatingTls</c> was not called.</exception>
    /// <exception cref="CredentialUnavailableException">No such credential is registered.</exception>
    public static HttpsConnectionAdapterOptions UseRotatingCertificate(this HttpsConnectionAdapterOptions https, IServiceProvider services, string credentialName)
    {
        ArgumentNullException.ThrowIfNull(https);
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        var certificate = ServerCertificates.Of(services).Get(credentialName);
        var before = https.OnAuthenticate;

        // An endpoint that got one of its own keeps it. Kestrel would prefer the selector.
        var own = new Lazy<SslStreamCertificateContext>(() => SslStreamCertificateContext.Create(https.ServerCertificate!, https.ServerCertificateChain));

        // Kestrel insists on a certificate or a selector; the chain can only be given here.
        https.ServerCertificateSelector = static (_, _) => null;
        https.OnAuthenticate = (connection, options) =>
        {
            options.ServerCertificateSelectionCallback = null;
            options.ServerCertificateContext = https.ServerCertificate is null ? certificate.Present(connection) : own.Value;
            before?.Invoke(connection, options);
        };
        return https;
    }

    /// <summary>Serves certificates by the host name that the client asks for (SNI); everything else as with the other overload.</summary>
    /// <param name="listen">The endpoint.</param>
    /// <param name="credentialName">The credential for clients that ask for no name, or for one that is not in <paramref name="hosts"/>.</param>
    /// <param name="hosts">The credential for each host: <c>api.example.com</c>, or <c>*.example.com</c> for one label in front. A full name wins.</param>
    /// <param name="configure">Sets more of TLS, such as client certificates. Called for each handshake.</param>
    /// <returns>The same endpoint.</returns>
    /// <exception cref="InvalidOperationException"><c>AddRotatingTls</c> was not called.</exception>
    /// <exception cref="CredentialUnavailableException">A credential is not registered.</exception>
    public static ListenOptions UseRotatingCertificates(
        this ListenOptions listen, string credentialName, IReadOnlyDictionary<string, string> hosts, Action<SslServerAuthenticationOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(listen);
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        ArgumentNullException.ThrowIfNull(hosts);
        var certificates = ServerCertificates.Of(listen.ApplicationServices);
        var byHost = hosts.ToDictionary(static host => host.Key, host => certificates.Get(host.Value), StringComparer.OrdinalIgnoreCase);
        var other = certificates.Get(credentialName);
        return listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = handshake =>
            {
                var options = new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = Find(byHost, handshake.ClientHelloInfo.ServerName, other).Present(handshake.Connection),
                };
                configure?.Invoke(options);
                return ValueTask.FromResult(options);
            },
        });
    }

    private static ServerCertificate Find(Dictionary<string, ServerCertificate> byHost, string host, ServerCertificate other)
    {
        if (byHost.TryGetValue(host, out var certificate))
        {
            return certificate;
        }

        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && byHost.TryGetValue("*" + host[dot..], out certificate) ? certificate : other;
    }
}
