using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Nhi.Rotation;
using Nhi.Rotation.OptionsBinding;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts rotating credentials into options.</summary>
public static class CredentialOptionsBuilderExtensions
{
    /// <summary>
    /// Sets options from the current version of a credential. <c>IOptionsMonitor</c> reloads when another version becomes current, <c>IOptionsSnapshot</c> has
    /// the current one in each scope, and <c>IOptions</c> keeps the first for ever, as always. The consumer is the type's name, with <c>:name</c> for named options.
    /// </summary>
    /// <typeparam name="TOptions">The options.</typeparam>
    /// <param name="builder">The options, from <c>services.AddOptions&lt;T&gt;()</c>.</param>
    /// <param name="credentialName">The credential, as registered.</param>
    /// <param name="bind">
    /// Sets them, such as <c>(o, c) =&gt; o.ApiKey = c.Reveal()</c>. Runs in order with other configuration of the options, and once more for each new version, on
    /// an object that nobody gets, to see whether it works.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// <para>
    /// Each options object holds the version it was made with until it is garbage-collected, so the verdict stays <see cref="VerdictKind.StillUsed"/> while
    /// somebody keeps an old one. A value copied out of the object cannot be followed.
    /// </para>
    /// <para>
    /// Options asked for before the first load, such as by <c>ValidateOnStart</c>, block until it has happened, at most for
    /// <see cref="RotatingCredentialsOptions.FirstLoadTimeout"/>.
    /// </para>
    /// <para>
    /// A new version that <paramref name="bind"/> or a validation of the options refuses changes nothing: the options of the version before stay, event 117 says
    /// why, and it is tried again when the set changes. Only after a revocation they do not stay: making options throws then. When nothing is presentable any more, making options throws
    /// <see cref="CredentialUnavailableException"/> until there is a version again.
    /// </para>
    /// </remarks>
    public static OptionsBuilder<TOptions> BindCredential<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
        this OptionsBuilder<TOptions> builder, string credentialName, Action<TOptions, Credential> bind)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        ArgumentNullException.ThrowIfNull(bind);
        var registration = new CredentialOptionsRegistration<TOptions>(builder.Name, credentialName, bind);
        builder.Services.AddKeyedSingleton(registration, static (services, key) => Create(services, (CredentialOptionsRegistration<TOptions>)key!));
        builder.Services.AddSingleton<IConfigureOptions<TOptions>>(services => services.GetRequiredKeyedService<CredentialOptionsBinding<TOptions>>(registration));
        builder.Services.AddSingleton<IOptionsChangeTokenSource<TOptions>>(services => services.GetRequiredKeyedService<CredentialOptionsBinding<TOptions>>(registration));
        return builder;
    }

    private static CredentialOptionsBinding<TOptions> Create<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
        IServiceProvider services, CredentialOptionsRegistration<TOptions> registration)
        where TOptions : class
    {
        var provider = services.GetKeyedService<IRotatingCredentialProvider>(registration.CredentialName) ?? throw new InvalidOperationException(
            $"Options {registration.Consumer} use credential '{registration.CredentialName}', which is not registered. Call AddRotatingCredentials().AddCredential(\"{registration.CredentialName}\", ...).");
        return new CredentialOptionsBinding<TOptions>(registration, provider.ForConsumer(registration.Consumer), services);
    }
}
