using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Http;

namespace Nhi.Rotation.AspNetCore.Tls;

/// <summary>The certificates that Kestrel serves, one for each credential.</summary>
internal sealed class ServerCertificates(IServiceProvider services, IOptions<RotatingTlsOptions> options)
{
    private const string Consumer = "kestrel";

    private readonly ConcurrentDictionary<string, ServerCertificate> _certificates = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">They are not registered.</exception>
    public static ServerCertificates Of(IServiceProvider services) => services.GetService<ServerCertificates>()
        ?? throw new InvalidOperationException("Rotating certificates are not registered. Call builder.Services.AddRotatingTls().");

    /// <exception cref="CredentialUnavailableException">No such credential is registered.</exception>
    public ServerCertificate Get(string credentialName) => _certificates.GetOrAdd(credentialName, name => new ServerCertificate(
        RegisteredCredential.Get(services, name, "Kestrel serves it").ForConsumer(Consumer),
        services.GetService<TimeProvider>() ?? TimeProvider.System,
        options.Value.DrainTime));
}
