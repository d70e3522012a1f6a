using Nhi.Rotation.StackExchangeRedis.Connections;
using Nhi.Rotation.StackExchangeRedis.Servers;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis;

/// <summary>Lets multiplexers authenticate with a rotating credential.</summary>
public static class RotatingRedisConfigurationExtensions
{
    /// <summary>
    /// Lets connections that are opened with these options present the version that is current at that moment, and connections that are open authenticate
    /// with a new version when it becomes current. A value is a login in any form (<see cref="RotatingRedisOptions.Form"/>); one that has no user is the
    /// password of <see cref="ConfigurationOptions.User"/>, or of the default user if that is not set.
    /// </summary>
    /// <param name="options">The options, complete but for the password. Connect after this call; one multiplexer to one set of options.</param>
    /// <param name="provider">The credential. Uses are counted for its consumer, and each connection holds the version it is authenticated with.</param>
    /// <returns>The same options.</returns>
    /// <remarks>
    /// Subscription connections cannot change the version while they are open; they are closed and opened again. With
    /// <see cref="ConfigurationOptions.SharedSubscriptionConnection"/> and RESP3 there are none. The log of connection errors is listened to, so set <see cref="ConfigurationOptions.LoggerFactory"/>
    /// before. The work ends with the process.
    /// </remarks>
    /// <exception cref="InvalidOperationException">
    /// The options have a password, which would win, or no server; they rotate a credential already; or they name a sentinel service and no
    /// <see cref="ConfigurationOptions.SentinelPassword"/>.
    /// </exception>
    public static ConfigurationOptions UseRotatingCredential(this ConfigurationOptions options, IRotatingCredentialProvider provider) =>
        options.UseRotatingCredential(provider, static _ => { });

    /// <inheritdoc cref="UseRotatingCredential(ConfigurationOptions, IRotatingCredentialProvider)"/>
    /// <param name="configure">Says how values are read.</param>
#pragma warning disable CS1573 // Inherited.
    public static ConfigurationOptions UseRotatingCredential(this ConfigurationOptions options, IRotatingCredentialProvider provider, Action<RotatingRedisOptions> configure)
#pragma warning restore CS1573
    {
        ArgumentNullException.ThrowIfNull(configure);
        var reading = new RotatingRedisOptions();
        configure(reading);
#pragma warning disable CA2000 // It lives as long as the provider.
        Install(options, provider, reading, TimeProvider.System);
#pragma warning restore CA2000
        return options;
    }

    internal static RedisRotation Install(ConfigurationOptions options, IRotatingCredentialProvider provider, RotatingRedisOptions reading, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(provider);
        Check(options, provider.Name);
        Check(reading, provider.Name);
        if (!string.IsNullOrEmpty(options.ServiceName))
        {
            // Without a name the sentinels would be shown the rotating user.
            options.SentinelUser ??= "default";
        }

        var rotation = new RedisRotation(provider, options, new RedisTerms(reading.Form, mustMatch: reading.ServerInValue == ServerInValue.MustMatch, options), time);
        options.User = null;
        options.LoggerFactory = new ConnectionErrors(options.LoggerFactory);
        options.RequestBufferPool = new ZeroingPool(options.RequestBufferPool);
        options.ReconnectRetryPolicy = new ReconnectPolicy(rotation, options.ReconnectRetryPolicy);
        options.Tunnel = new LinkTunnel(rotation.Opened, options.Tunnel);
        options.Defaults = new RotatingDefaults(rotation, options.Defaults);
        return rotation;
    }

    private static void Check(RotatingRedisOptions reading, string credential)
    {
        if (!Enum.IsDefined(reading.Form) || reading.ServerInValue is not (ServerInValue.MustMatch or ServerInValue.Ignore))
        {
            throw new InvalidOperationException($"Credential '{credential}': Form must be a named value, and ServerInValue MustMatch or Ignore, for a multiplexer keeps its servers.");
        }
    }

    private static void Check(ConfigurationOptions options, string credential)
    {
        if (options.Defaults is RotatingDefaults)
        {
            throw new InvalidOperationException($"Credential '{credential}': these options rotate a credential already. Use new options for another one.");
        }

        if (!string.IsNullOrEmpty(options.Password))
        {
            throw new InvalidOperationException(
                $"Credential '{credential}': the options have a password, which would win over the credential. Remove password= from the Redis configuration.");
        }

        if (options.EndPoints.Count == 0)
        {
            throw new InvalidOperationException($"Credential '{credential}': the Redis configuration names no server. Add one, such as localhost:6379.");
        }

        if (!string.IsNullOrEmpty(options.ServiceName) && options.SentinelPassword is null)
        {
            throw new InvalidOperationException(
                $"Credential '{credential}': the sentinels of service '{options.ServiceName}' have a password of their own, which does not rotate. Set SentinelPassword, to \"\" if they have none.");
        }
    }
}
