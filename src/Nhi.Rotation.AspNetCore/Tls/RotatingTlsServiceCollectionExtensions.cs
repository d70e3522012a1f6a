using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nhi.Rotation.AspNetCore;
using Nhi.Rotation.AspNetCore.Tls;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what rotating certificates of Kestrel need.</summary>
public static class RotatingTlsServiceCollectionExtensions
{
    /// <summary>Adds rotating certificates for Kestrel's endpoints, which then say <c>UseRotatingCertificate</c>.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Sets options. Calls add up.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddRotatingTls(this IServiceCollection services, Action<RotatingTlsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<RotatingTlsOptions>()
            .Configure(configure ?? (static _ => { }))
            .Validate(
                static options => options.DrainTime >= TimeSpan.Zero && options.DrainTime <= TimeSpan.FromHours(1),
                "RotatingTlsOptions.DrainTime is out of range. Set it to 0 to 1 hour.")
            .ValidateOnStart();
        services.TryAddSingleton<ServerCertificates>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, DrainFilter>());
        return services;
    }
}
