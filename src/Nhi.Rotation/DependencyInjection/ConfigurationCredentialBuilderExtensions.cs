using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Backends.Configuration;
using Nhi.Rotation.Identity;

namespace Nhi.Rotation;

/// <summary>Takes credentials from the app's configuration.</summary>
public static class ConfigurationCredentialBuilderExtensions
{
    /// <summary>
    /// Takes the value of a key of the app's <see cref="IConfiguration"/>, so that user secrets serve at a desk and a store in production with one line's difference. A reload of the configuration is followed at once, and the value
    /// before stays for its overlap. Providers that never reload, such as environment variables, never change it: to rotate one, the process has to be started anew.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="key">The key, such as <c>Partner:ApiKey</c>.</param>
    /// <returns>The same builder.</returns>
    public static CredentialBuilder FromConfiguration(this CredentialBuilder builder, string key) => FromConfiguration(builder, key, static _ => { });

    /// <summary>Takes the value of a key of the app's configuration, with options: see <see cref="FromConfiguration(CredentialBuilder, string)"/>.</summary>
    /// <param name="builder">The credential.</param>
    /// <param name="key">The key, such as <c>Partner:ApiKey</c>.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The key is empty, or <see cref="ConfigurationBackendOptions.FingerprintKey"/> is too short.</exception>
    public static CredentialBuilder FromConfiguration(this CredentialBuilder builder, string key, Action<ConfigurationBackendOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new ConfigurationBackendOptions();
        configure(options);
        if (ValueId.FindProblem(options.FingerprintKey) is { } problem)
        {
            throw new ArgumentException(problem, nameof(configure));
        }

        return builder.UseBackend(key, services => new ConfigurationCredentialBackend(services.GetService<IConfiguration>(), options.FingerprintKey));
    }
}
