using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nhi.Rotation.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what endpoints with signed webhooks need.</summary>
public static class WebhookServiceCollectionExtensions
{
    /// <summary>
    /// Makes <see cref="AspNetCore.Builder.WebhookEndpointConventionBuilderExtensions.RequireWebhookSignature"/> possible. All endpoints are built before the
    /// server listens, so that one whose credential is not registered stops the start and not the first request.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddWebhookSignatures(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, EndpointsAtStart>());
        return services;
    }
}
