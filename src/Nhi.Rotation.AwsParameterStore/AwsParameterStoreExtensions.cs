using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nhi.Rotation.AwsParameterStore;
using Nhi.Rotation.AwsParameterStore.Parameters;
using Nhi.Rotation.AwsParameterStore.Push;

namespace Nhi.Rotation;

/// <summary>Takes credentials from AWS Systems Manager Parameter Store.</summary>
public static class AwsParameterStoreExtensions
{
    /// <summary>
    /// Takes the versions from the history of a parameter: the one labelled <c>current</c> is presented, or without labels the newest. Needs
    /// <c>ssm:GetParameterHistory</c> and <c>ssm:GetParameters</c> on the parameter.
    /// </summary>
    /// <param name="builder">The credential.</param>
    /// <param name="name">The parameter's name or ARN, without version or label. An ARN's own region is used.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The name, the field or a label cannot be one.</exception>
    public static CredentialBuilder FromAwsParameterStore(this CredentialBuilder builder, string name, Action<AwsParameterStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        var options = new AwsParameterStoreOptions();
        configure?.Invoke(options);
        var address = new ParameterAddress(name, options.JsonField);
        if ((address.FindMistake() ?? options.Labels.FindMistake()) is { } mistake)
        {
            throw new ArgumentException($"Credential '{builder.Name}': {mistake}", nameof(name));
        }

        var (aws, labels) = (options.Aws, options.Labels);
        builder.Services.TryAddSingleton(static services => new BackendPool(services));
        builder.Services.AddSingleton(new WatchedParameter(address));
        return builder.UseBackend(address.ToKey(), services => services.GetRequiredService<BackendPool>().Get(aws, labels));
    }

    /// <summary>
    /// Lets configuration name a parameter: <c>"stripe": { "AwsParameterStore": { "Name": "/prod/stripe" } }</c>, with <c>JsonField</c>, <c>CurrentLabel</c>,
    /// <c>PreviousLabel</c>, <c>PendingLabel</c> and <c>RevokedLabelPrefix</c> if they are not the defaults.
    /// </summary>
    /// <param name="builder">The credentials.</param>
    /// <returns>The same builder.</returns>
    public static RotatingCredentialsBuilder AddAwsParameterStore(this RotatingCredentialsBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddBackendSection("AwsParameterStore", FromSection);
    }

    private static void FromSection(CredentialBuilder builder, IConfigurationSection section)
    {
        if (!builder.RefuseUnknownKeys(section, "Name", "JsonField", "CurrentLabel", "PreviousLabel", "PendingLabel", "RevokedLabelPrefix"))
        {
            return;
        }

        var options = new AwsParameterStoreOptions { JsonField = section["JsonField"] };
        options.CurrentLabel = section["CurrentLabel"] ?? options.CurrentLabel;
        options.PreviousLabel = section["PreviousLabel"] ?? options.PreviousLabel;
        options.PendingLabel = section["PendingLabel"] ?? options.PendingLabel;
        options.RevokedLabelPrefix = section["RevokedLabelPrefix"] ?? options.RevokedLabelPrefix;
        var address = new ParameterAddress(section["Name"] ?? string.Empty, options.JsonField);
        if ((address.FindMistake() ?? options.Labels.FindMistake()) is { } mistake)
        {
            builder.Refuse($"{section.Path}: {mistake}");
            return;
        }

        builder.FromAwsParameterStore(address.Name, copy =>
            (copy.JsonField, copy.CurrentLabel, copy.PreviousLabel, copy.PendingLabel, copy.RevokedLabelPrefix) =
            (options.JsonField, options.CurrentLabel, options.PreviousLabel, options.PendingLabel, options.RevokedLabelPrefix));
    }
}
