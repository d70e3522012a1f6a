using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Nhi.Rotation;
using Nhi.Rotation.Backends.Files;
using Nhi.Rotation.DependencyInjection;
using Nhi.Rotation.Health;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Telemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers rotating credentials.</summary>
public static class RotatingCredentialsServiceCollectionExtensions
{
    /// <summary>
    /// Adds rotating credentials. Each is injected with <c>[FromKeyedServices("name")] IRotatingCredentialProvider</c>, and without a name where there is one only. Under a host they are loaded
    /// before other services start; without one, at first use. May be called several times.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <returns>A builder that takes the credentials.</returns>
    public static RotatingCredentialsBuilder AddRotatingCredentials(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.FirstOrDefault(service => service.ServiceType == typeof(CredentialSetup))?.ImplementationInstance is CredentialSetup existing)
        {
            return new RotatingCredentialsBuilder(services, existing);
        }

        var setup = new CredentialSetup(services);
        services.AddSingleton(setup);
        services.AddOptions<RotatingCredentialsOptions>().ValidateOnStart();
        services.AddSingleton<IConfigureOptions<CredentialOptions>, DeclaredOptions>();
        services.AddSingleton<IConfigureOptions<FileBackendOptions>, DeclaredOptions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RotatingCredentialsOptions>, RotatingCredentialsOptionsValidator>());

        // Those of each credential are validated when the registry is made, which a host does at its start: a service a name would be very many, and each call looks through all.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CredentialOptions>, CredentialOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FileBackendOptions>, FileBackendOptionsValidator>());
        services.TryAddSingleton(provider => new FileBackends(RegistryFactory.Logger(provider), provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.TryAddSingleton(provider => new CredentialMetrics(provider.GetService<System.Diagnostics.Metrics.IMeterFactory>()));
        services.TryAddSingleton(provider => new EngineLog(RegistryFactory.Logger(provider)));
        services.TryAddSingleton(RegistryFactory.Create);
        services.TryAddSingleton<InjectionSites>();
        services.TryAddSingleton(RegistryFactory.Sinks);
        services.TryAddSingleton(provider => provider.GetRequiredService<CredentialRegistry>().Ledger);
        services.TryAddSingleton(provider => provider.GetRequiredService<CredentialRegistry>().Signals);
        services.TryAddSingleton(RegistryFactory.StoreRevoker);
        services.TryAddSingleton(RegistryFactory.KnownValues);
        services.TryAddSingleton(provider => provider.GetRequiredService<CredentialRegistry>().Events);
        services.TryAddSingleton<ICredentialHealthReader>(provider => new CredentialHealthReader(provider.GetRequiredService<CredentialRegistry>(), provider.GetService<CredentialHealthOptions>()));
        services.TryAddKeyedSingleton<IRotatingCredentialProvider>(
            KeyedService.AnyKey, (provider, key) => provider.GetRequiredService<CredentialRegistry>().Get(NameOf(key)));
        services.TryAddSingleton(provider => provider.GetRequiredService<CredentialRegistry>().Only());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, CredentialHostedService>());
        return new RotatingCredentialsBuilder(services, setup)
            .AddBackendSection(FileCredentialBuilderExtensions.SectionName, FileCredentialBuilderExtensions.FromSection)
            .AddBackendSection(FileCredentialBuilderExtensions.PemSectionName, FileCredentialBuilderExtensions.FromPemSection);
    }

    /// <summary>Adds the credentials that a configuration section lists: one child a credential, named as the credential.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="section">
    /// The section, such as <c>configuration.GetSection("Credentials")</c>. One that does not exist stops the start; ask <c>section.Exists()</c> where it may be missing.
    /// </param>
    /// <returns>A builder that takes more credentials.</returns>
    public static RotatingCredentialsBuilder AddRotatingCredentials(this IServiceCollection services, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var builder = services.AddRotatingCredentials();
        builder.AddSection(section);
        return builder;
    }

    private static string NameOf(object? key) => key as string ?? throw new InvalidOperationException(
        $"A rotating credential is injected by its name, a string, and not by {(key is null ? "null" : $"'{key}' of type {key.GetType().Name}")}. Write [FromKeyedServices(\"name\")].");
}
