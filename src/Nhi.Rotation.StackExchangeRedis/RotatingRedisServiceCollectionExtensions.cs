using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;
using Nhi.Rotation.StackExchangeRedis;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers Redis multiplexers that authenticate with a rotating credential.</summary>
public static class RotatingRedisServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="IConnectionMultiplexer"/> that authenticates with a rotating credential; see
    /// <see cref="RotatingRedisConfigurationExtensions.UseRotatingCredential(ConfigurationOptions, IRotatingCredentialProvider)"/>. It connects when the app starts. The first one is injected as it is; each is
    /// injected with <c>[FromKeyedServices("credential")]</c>. Uses are counted for the consumer <c>redis</c>.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="credentialName">The credential, as registered.</param>
    /// <param name="configuration">The Redis configuration without a password, such as <c>localhost:6379</c>.</param>
    /// <param name="configure">Changes the options further, or <see langword="null"/>.</param>
    /// <param name="reading">Says how values are read, or <see langword="null"/> for the defaults.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">The configuration cannot be read.</exception>
    /// <exception cref="InvalidOperationException">There is a multiplexer with this credential already.</exception>
    public static IServiceCollection AddRotatingRedis(
        this IServiceCollection services, string credentialName, string configuration, Action<ConfigurationOptions>? configure = null, Action<RotatingRedisOptions>? reading = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        ArgumentException.ThrowIfNullOrEmpty(configuration);
        if (services.Any(service => service.ServiceType == typeof(RotatingRedisConnection) && Equals(service.ServiceKey, credentialName)))
        {
            throw new InvalidOperationException(
                $"Redis with credential '{credentialName}' is added twice. For a second multiplexer call UseRotatingCredential on its options, or give it a credential of its own.");
        }

        // Only to tell now what is wrong with it.
        ConfigurationOptions.Parse(configuration);
        services.AddKeyedSingleton(credentialName, (provider, _) => Create(provider, credentialName, configuration, configure, reading));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<RotatingRedisConnection>(credentialName));
        services.AddKeyedSingleton(credentialName, (provider, _) => provider.GetRequiredKeyedService<RotatingRedisConnection>(credentialName).Multiplexer);
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IConnectionMultiplexer>(credentialName));
        return services;
    }

    private static RotatingRedisConnection Create(
        IServiceProvider services, string credentialName, string configuration, Action<ConfigurationOptions>? configure, Action<RotatingRedisOptions>? reading)
    {
        var options = ConfigurationOptions.Parse(configuration);
        options.LoggerFactory = services.GetService<ILoggerFactory>();
        configure?.Invoke(options);
        var settings = new RotatingRedisOptions();
        reading?.Invoke(settings);
        var provider = services.GetKeyedService<IRotatingCredentialProvider>(credentialName) ?? throw new InvalidOperationException(
            $"Redis uses credential '{credentialName}', which is not registered. Call AddRotatingCredentials().AddCredential(\"{credentialName}\", ...).");
        return new RotatingRedisConnection(options, provider.ForConsumer("redis"), settings, services.GetService<TimeProvider>() ?? TimeProvider.System);
    }
}
