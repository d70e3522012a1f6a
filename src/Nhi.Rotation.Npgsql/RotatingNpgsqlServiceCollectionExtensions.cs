using System.Data.Common;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;
using Nhi.Rotation.Npgsql;
using Nhi.Rotation.Npgsql.Pools;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers Npgsql data sources whose user rotates.</summary>
public static class RotatingNpgsqlServiceCollectionExtensions
{
    /// <summary>
    /// Adds a data source that logs in with a rotating credential. It is injected as <see cref="RotatingNpgsqlDataSource"/> or <see cref="DbDataSource"/>: keyed with
    /// its name, and the first one that is added also without a key.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="credentialName">The credential, as registered with AddRotatingCredentials.</param>
    /// <param name="connectionString">Npgsql's connection string without a password.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">The connection string or an option cannot work. The message does not contain the connection string.</exception>
    /// <exception cref="InvalidOperationException">A data source of this name is there already.</exception>
    public static IServiceCollection AddRotatingNpgsqlDataSource(
        this IServiceCollection services, string credentialName, string connectionString, Action<RotatingNpgsqlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        var options = new RotatingNpgsqlOptions();
        configure?.Invoke(options);
        options.Name ??= credentialName;
        PoolSetup.Check(connectionString, options, options.Name);
        if (services.Any(service => service.ServiceType == typeof(RotatingNpgsqlDataSource) && Equals(service.ServiceKey, options.Name)))
        {
            throw new InvalidOperationException($"Data source '{options.Name}' is added twice. Give one of them another Name.");
        }

        services.AddKeyedSingleton(options.Name, (provider, _) => new RotatingNpgsqlDataSource(
            connectionString,
            provider.GetKeyedService<IRotatingCredentialProvider>(credentialName) ?? throw new InvalidOperationException(
                $"Data source '{options.Name}' uses credential '{credentialName}', which is not registered. Call AddRotatingCredentials().AddCredential(\"{credentialName}\", ...)."),
            options,
            provider.GetService<ILoggerFactory>(),
            provider.GetService<TimeProvider>()));
        services.AddKeyedSingleton<DbDataSource>(options.Name, static (provider, key) => provider.GetRequiredKeyedService<RotatingNpgsqlDataSource>(key));
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<RotatingNpgsqlDataSource>(options.Name));
        services.TryAddSingleton<DbDataSource>(provider => provider.GetRequiredKeyedService<RotatingNpgsqlDataSource>(options.Name));
        return services;
    }
}
