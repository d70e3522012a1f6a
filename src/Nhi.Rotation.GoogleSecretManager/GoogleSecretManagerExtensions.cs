using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.GoogleSecretManager;
using Nhi.Rotation.GoogleSecretManager.Api;
using Nhi.Rotation.GoogleSecretManager.Push;
using Nhi.Rotation.GoogleSecretManager.Secrets;

namespace Nhi.Rotation;

/// <summary>Takes credentials from Google Cloud Secret Manager, and hears of changes there.</summary>
public static class GoogleSecretManagerExtensions
{
    /// <summary>
    /// Takes the versions from a secret of Google Cloud Secret Manager: the one with the alias <c>current</c> is presented, or without aliases the newest enabled one. Needs
    /// <c>secretmanager.secrets.get</c>, <c>secretmanager.versions.list</c> and <c>secretmanager.versions.access</c> on the secret.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="name">The secret's resource name: <c>projects/PROJECT/secrets/NAME</c>, or <c>projects/PROJECT/locations/REGION/secrets/NAME</c> for a regional one.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The name, the field, an alias or the endpoint cannot be one.</exception>
    public static CredentialBuilder FromGoogleSecretManager(this CredentialBuilder builder, string name, Action<GoogleSecretManagerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        var options = new GoogleSecretManagerOptions();
        configure?.Invoke(options);
        var address = new SecretAddress(name, options.JsonField);
        if ((address.FindMistake() ?? options.FindMistake()) is { } mistake)
        {
            throw new ArgumentException($"Credential '{builder.Name}': {mistake}", nameof(name));
        }

        var (credential, aliases, endpoint) = (options.Credential, options.Aliases, options.Endpoint);
        builder.Services.TryAddSingleton<ConnectionPool>();
        builder.Services.AddSingleton(new WatchedSecret(address));
        return builder.UseBackend(
            address.ToKey(), services => new SecretManagerBackend(new SecretApi(services.GetRequiredService<ConnectionPool>().Get(credential), endpoint), aliases, Log(services)));
    }

    /// <summary>
    /// Lets configuration name a secret: <c>"stripe": { "GoogleSecretManager": { "Name": "projects/shop/secrets/stripe" } }</c>, with <c>JsonField</c>, <c>CurrentAlias</c>,
    /// <c>PreviousAlias</c> and <c>PendingAlias</c> if they are not the defaults.
    /// </summary>
    /// <param name="builder">The credentials.</param>
    /// <returns>The same builder.</returns>
    public static RotatingCredentialsBuilder AddGoogleSecretManager(this RotatingCredentialsBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddBackendSection("GoogleSecretManager", FromSection);
    }

    /// <summary>
    /// Makes a <see cref="SecretManagerPush"/> at hand, which takes the messages of a Pub/Sub push subscription to the topics of secrets: see docs/google-secret-manager.md for the
    /// endpoint, which is three lines.
    /// </summary>
    /// <param name="builder">The credentials.</param>
    /// <param name="configure">Says whose messages are believed.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">Audience or service account are missing.</exception>
    public static RotatingCredentialsBuilder ListenToSecretManagerPush(this RotatingCredentialsBuilder builder, Action<SecretManagerPushOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new SecretManagerPushOptions();
        configure(options);
        if (options.FindMistake() is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(configure));
        }

        var (audience, account, certificates) = (options.Audience, options.ServiceAccount, options.CertificatesUrl);
        builder.Services.AddSingleton(services =>
        {
            var (time, logger) = (services.GetService<TimeProvider>() ?? TimeProvider.System, Log(services));
            return new SecretManagerPush(
                new PushTokens(audience, account, certificates, time, logger),
                new PushMessages(services.GetRequiredService<ICredentialSignals>(), services.GetRequiredService<IRotationLedger>(), services.GetServices<WatchedSecret>(), time, logger));
        });
        return builder;
    }

    private static void FromSection(CredentialBuilder builder, IConfigurationSection section)
    {
        if (!builder.RefuseUnknownKeys(section, "Name", "JsonField", "CurrentAlias", "PreviousAlias", "PendingAlias"))
        {
            return;
        }

        var options = new GoogleSecretManagerOptions { JsonField = section["JsonField"] };
        options.CurrentAlias = section["CurrentAlias"] ?? options.CurrentAlias;
        options.PreviousAlias = section["PreviousAlias"] ?? options.PreviousAlias;
        options.PendingAlias = section["PendingAlias"] ?? options.PendingAlias;
        var address = new SecretAddress(section["Name"] ?? string.Empty, options.JsonField);
        if ((address.FindMistake() ?? options.FindMistake()) is { } mistake)
        {
            builder.Refuse($"{section.Path}: {mistake}");
            return;
        }

        builder.FromGoogleSecretManager(address.Name, copy =>
            (copy.JsonField, copy.CurrentAlias, copy.PreviousAlias, copy.PendingAlias) = (options.JsonField, options.CurrentAlias, options.PreviousAlias, options.PendingAlias));
    }

    private static ILogger Log(IServiceProvider services) =>
        services.GetBackendLogger("Nhi.Rotation.GoogleSecretManager");
}
