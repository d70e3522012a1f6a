using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Http;

namespace Nhi.Rotation;

/// <summary>Tests credentials with an HTTP request.</summary>
public static class HttpProbeCredentialBuilderExtensions
{
    /// <summary>
    /// Tests each version with a GET before it is presented: 2xx accepts it, 401 (or what <see cref="HttpCredentialOptions.RejectedWhen"/> says) refuses
    /// it, anything else tells nothing. A test that tells nothing is sent up to three times within <see cref="CredentialOptions.ProbeTimeout"/>.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="address">An absolute address that needs the credential and changes nothing: "who am I", a list of one. https, or loopback.</param>
    /// <param name="configure">
    /// Chooses how the credential is sent, as for an HttpClient. Hosts in <see cref="HttpCredentialOptions.AllowHosts"/> must include the one of the
    /// address; naming it as <c>http://host</c> allows clear text. <see cref="HttpCredentialOptions.MaxReplayWait"/> means nothing here.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// Sent with an HttpClient of its own, named <c>Nhi.Rotation.Probe.</c> and the credential's name: it follows no redirect, takes no proxy from the
    /// environment, keeps no cookies and logs nothing. Where the workload goes through a proxy or shows a certificate, configure that client alike.
    /// </remarks>
    /// <exception cref="ArgumentException">The address is not an absolute http or https address, or carries a user name.</exception>
    /// <exception cref="InvalidOperationException">No way to send the credential is chosen, or it may not be sent to the address.</exception>
    public static CredentialBuilder ProbeHttp(this CredentialBuilder builder, Uri address, Action<HttpCredentialOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new HttpCredentialOptions();
        configure(options);
        var stamping = options.Stamping ?? throw new InvalidOperationException(
            $"Credential '{builder.Name}': nothing says how its probe sends it. Choose one in ProbeHttp(address, h => ...): "
            + "h.Bearer(), h.Header(...), h.Basic(...), h.QueryParameter(...) or h.Stamp(...).");
        ThrowIfNotAllowed(builder.Name, address, options);

        var client = $"Nhi.Rotation.Probe.{builder.Name}";
        builder.Services.AddHttpClient(client, static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
            .RemoveAllLoggers();
        return builder.ProbeWith(services => new HttpProbe(
            client,
            address,
            stamping,
            options.IsRejection,
            services.GetRequiredService<IHttpClientFactory>(),
            services.GetService<TimeProvider>() ?? TimeProvider.System));
    }

    private static void ThrowIfNotAllowed(string name, Uri address, HttpCredentialOptions options)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp) || address.UserInfo.Length > 0)
        {
            throw new ArgumentException($"The probe of credential '{name}' needs an absolute http or https address without a user name.", nameof(address));
        }

        if (options.Origins.Count > 0)
        {
            if (!options.Origins.Any(origin => origin.Covers(address)))
            {
                throw new InvalidOperationException(
                    $"The probe of credential '{name}' would send it to '{address.GetLeftPart(UriPartial.Authority)}', which AllowHosts does not name. Add that host, or leave AllowHosts out.");
            }
        }
        else if (AllowedOrigin.FromBaseAddress(address) is null)
        {
            throw new InvalidOperationException(
                $"The probe of credential '{name}' would send it to '{address.IdnHost}' in clear text. "
                + $"Use https, or call AllowHosts(\"http://{address.Authority}\") if the connection is protected in another way.");
        }
    }
}
