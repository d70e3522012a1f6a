using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Spiffe;
using Nhi.Rotation.Spiffe.Trust;
using Nhi.Rotation.Spiffe.Workload;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the client of the SPIFFE Workload API.</summary>
public static class SpiffeServiceCollectionExtensions
{
    /// <summary>Adds the Workload API. <c>FromSpiffe</c> does so too; call it to set options.</summary>
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
        return services;
    }
}
