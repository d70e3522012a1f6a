using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation;

/// <summary>Registers credential objects of the Azure SDK, one for each credential, keyed by its name.</summary>
public static class AzureCredentialBuilderExtensions
{
    /// <summary>Adds <c>[FromKeyedServices("name")] AzureKeyCredential</c>; its consumer is <c>AzureKeyCredential</c>.</summary>
    /// <param name="builder">The credentials.</param>
    /// <param name="credentialName">The credential, as registered.</param>
    /// <returns>The same builder.</returns>
    public static RotatingCredentialsBuilder AddAzureKeyCredential(this RotatingCredentialsBuilder builder, string credentialName) =>
        builder.Add(credentialName, static provider => provider.ToAzureKeyCredential());

    /// <summary>Adds <c>[FromKeyedServices("name")] AzureNamedKeyCredential</c>; its consumer is <c>AzureNamedKeyCredential</c>.</summary>
    /// <param name="builder">The credentials.</param>
    /// <param name="credentialName">The credential, as registered.</param>
    /// <param name="name">The account's or the policy's name.</param>
    /// <returns>The same builder.</returns>
    public static RotatingCredentialsBuilder AddAzureNamedKeyCredential(this RotatingCredentialsBuilder builder, string credentialName, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return builder.Add(credentialName, provider => provider.ToAzureNamedKeyCredential(name));
    }

    /// <summary>Adds <c>[FromKeyedServices("name")] AzureSasCredential</c>; its consumer is <c>AzureSasCredential</c>.</summary>
    /// <param name="builder">The credentials.</param>
    /// <param name="credentialName">The credential, as registered.</param>
    /// <returns>The same builder.</returns>
    public static RotatingCredentialsBuilder AddAzureSasCredential(this RotatingCredentialsBuilder builder, string credentialName) =>
        builder.Add(credentialName, static provider => provider.ToAzureSasCredential());

    private static RotatingCredentialsBuilder Add<T>(this RotatingCredentialsBuilder builder, string credentialName, Func<IRotatingCredentialProvider, T> make)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        builder.Services.AddKeyedSingleton(
            credentialName, (services, _) => make(services.GetRequiredKeyedService<IRotatingCredentialProvider>(credentialName).ForConsumer(typeof(T).Name)));
        return builder;
    }
}
