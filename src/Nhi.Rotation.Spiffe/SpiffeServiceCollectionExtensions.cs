using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Spiffe;
using Nhi.Rotation.Spiffe.Tokens;
using Nhi.Rotation.Spiffe.Trust;
using Nhi.Rotation.Spiffe.Workload;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the client of the SPIFFE Workload API.</summary>
public static class SpiffeServiceCollectionExtensions
{
    /// <summary>Adds the Workload API, and <see cref="SpiffeTrust"/> and <see cref="SpiffeTokens"/> to validate peers and tokens with. <c>FromSpiffe</c> does so too; call it to set options.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Sets options. Calls add up.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddSpiffe(this IServiceCollection services, Action<SpiffeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<SpiffeOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<SpiffeOptions>, SpiffeOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SpiffeOptions>, SpiffeOptionsValidator>());
        services.TryAddSingleton<WorkloadApi>();
        services.TryAddSingleton<TrustStore>();
        services.TryAddSingleton<RootUses>();
        services.TryAddSingleton<PeerCheck>();
        services.TryAddSingleton(static services => new SpiffeTrust(services.GetRequiredService<TrustStore>(), services.GetRequiredService<PeerCheck>()));
        services.TryAddSingleton<JwtBundles>();
        services.TryAddSingleton<WitStream>();
        services.TryAddSingleton(static services => new SpiffeTokens(services.GetRequiredService<JwtBundles>()));
        return services;
    }

    /// <summary>
    /// Gives the client a primary handler that shows an X.509-SVID and accepts a server only if it is who is meant, whatever its host name: <c>AddRotatingClientCertificate</c> with
    /// <see cref="SpiffeTrust"/>.
    /// </summary>
    /// <param name="builder">A named or typed client.</param>
    /// <param name="credentialName">The credential, as registered with <c>FromSpiffe</c>.</param>
    /// <param name="servers">Who is to answer.</param>
    /// <param name="configure">Sets up more of each version's handler.</param>
    /// <returns>The same builder.</returns>
    public static IHttpClientBuilder AddSpiffeIdentity(this IHttpClientBuilder builder, string credentialName, SpiffeMatch servers, Action<SocketsHttpHandler>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(servers);
        builder.Services.AddSpiffe();
        return builder.AddRotatingClientCertificate(credentialName, (services, handler) =>
        {
            configure?.Invoke(handler);
            handler.SslOptions.RemoteCertificateValidationCallback = services.GetRequiredService<SpiffeTrust>().AcceptServers(servers);
        });
    }
}
