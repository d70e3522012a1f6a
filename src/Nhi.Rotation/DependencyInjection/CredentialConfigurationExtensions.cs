using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Configuration;

namespace Nhi.Rotation;

/// <summary>Shows credentials as configuration keys: the last resort, for code that reads nothing else.</summary>
public static class CredentialConfigurationExtensions
{
    /// <summary>
    /// Shows the current version of a credential under one configuration key; it reloads when another version becomes current. The last resort: who reads the
    /// key cannot be told, so the ledger knows one consumer, <c>configuration</c>, which holds the version it shows.
    /// </summary>
    /// <param name="builder">The credentials.</param>
    /// <param name="configuration">Where the key is added, over what is there: <c>builder.Configuration</c>.</param>
    /// <param name="credentialName">The credential, as registered.</param>
    /// <param name="key">The key, such as <c>Stripe:ApiKey</c>.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// The key appears when the host starts, before its services start, and not before: code that reads it while the app is being built, or
    /// <c>ValidateOnStart</c>, does not see it. It is empty while nothing is presentable, and what other sources have under the
    /// key does not show through. A new version that makes no keys changes nothing (event 117), unless the one shown was revoked.
    /// </remarks>
    public static RotatingCredentialsBuilder ExposeInConfiguration(
        this RotatingCredentialsBuilder builder, IConfigurationBuilder configuration, string credentialName, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return builder.ExposeInConfiguration(configuration, credentialName, credential => [new(key, credential.Reveal())]);
    }

    /// <summary>The same with several keys, such as the fields of a JSON value.</summary>
    /// <param name="builder">The credentials.</param>
    /// <param name="configuration">Where the keys are added, over what is there.</param>
    /// <param name="credentialName">The credential, as registered.</param>
    /// <param name="toKeys">Makes the keys of a version; reveal it once.</param>
    /// <returns>The same builder.</returns>
    public static RotatingCredentialsBuilder ExposeInConfiguration(
        this RotatingCredentialsBuilder builder,
        IConfigurationBuilder configuration,
        string credentialName,
        Func<Credential, IEnumerable<KeyValuePair<string, string?>>> toKeys)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        ArgumentNullException.ThrowIfNull(toKeys);
        var source = new CredentialConfigurationSource(credentialName, toKeys);
        configuration.Add(source);
        builder.Services.AddSingleton(source);
        builder.Services.AddHostedService<CredentialConfigurationStartup>();
        return builder;
    }
}
