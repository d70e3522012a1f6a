using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nhi.Rotation.AwsSecretsManager;
using Nhi.Rotation.AwsSecretsManager.Push;

namespace Nhi.Rotation;

/// <summary>Takes credentials from AWS Secrets Manager.</summary>
public static class AwsSecretsManagerExtensions
{
    /// <summary>
    /// Takes the versions from a secret of AWS Secrets Manager: AWSCURRENT is presented, AWSPREVIOUS stays valid for the overlap window, AWSPENDING
    /// waits. Needs <c>secretsmanager:DescribeSecret</c> and <c>secretsmanager:GetSecretValue</c> on the secret.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="secretId">The secret's name, ARN or partial ARN. An ARN's own region is used.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The id or the field is empty, or the id has a character that no name and no ARN has.</exception>
    public static CredentialBuilder FromAwsSecretsManager(this CredentialBuilder builder, string secretId, Action<AwsSecretsManagerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(secretId);
        var options = new AwsSecretsManagerOptions();
        configure?.Invoke(options);
        var address = new SecretAddress(secretId, options.JsonField);
        if (address.FindMistake() is { } mistake)
        {
            throw new ArgumentException($"Credential '{builder.Name}': {mistake}", nameof(secretId));
        }

        builder.Services.TryAddSingleton(services => new BackendPool(services));
        builder.Services.AddSingleton(new WatchedSecret(address));
        return builder.UseBackend(address.ToKey(), services => services.GetRequiredService<BackendPool>().Get(options.Aws, options.Client));
    }

    /// <summary>
    /// Lets configuration name a secret: <c>"stripe": { "AwsSecretsManager": { "SecretId": "prod/stripe", "JsonField": "api_key" } }</c>.
    /// <c>JsonField</c> may be left out.
    /// </summary>
    /// <param name="builder">The credentials.</param>
    /// <returns>The same builder.</returns>
    public static RotatingCredentialsBuilder AddAwsSecretsManager(this RotatingCredentialsBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddBackendSection("AwsSecretsManager", FromSection);
    }

    private static void FromSection(CredentialBuilder builder, IConfigurationSection section)
    {
        if (!builder.RefuseUnknownKeys(section, "SecretId", "JsonField"))
        {
            return;
        }

        var address = new SecretAddress(section["SecretId"] ?? string.Empty, section["JsonField"]);
        if (address.FindMistake() is { } mistake)
        {
            builder.Refuse($"{section.Path}: {mistake}");
            return;
        }

        builder.FromAwsSecretsManager(address.SecretId, options => options.JsonField = address.JsonField);
    }
}
