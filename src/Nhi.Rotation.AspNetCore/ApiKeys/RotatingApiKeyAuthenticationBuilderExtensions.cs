using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Nhi.Rotation.AspNetCore;
using Nhi.Rotation.AspNetCore.ApiKeys;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds authentication by API keys that rotate.</summary>
public static class RotatingApiKeyAuthenticationBuilderExtensions
{
    /// <summary>Adds the scheme <c>ApiKey</c>.</summary>
    /// <param name="builder">The authentication of the application.</param>
    /// <param name="configure">Adds clients and says how keys arrive.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddRotatingApiKey(this AuthenticationBuilder builder, Action<RotatingApiKeyOptions> configure) =>
        builder.AddRotatingApiKey(RotatingApiKeyDefaults.AuthenticationScheme, configure);

    /// <summary>
    /// Adds a scheme that authenticates a client by a version of its credential: the current one, one in overlap, or a pending one whose time has come.
    /// Compared in constant time. A retired or revoked key is refused, and recognised: event 400 names the client that still has it.
    /// </summary>
    /// <param name="builder">The authentication of the application.</param>
    /// <param name="authenticationScheme">The scheme's name; also the consumer in the evidence.</param>
    /// <param name="configure">Adds clients and says how keys arrive.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>Options are checked at start: a client whose credential is not registered fails it.</remarks>
    public static AuthenticationBuilder AddRotatingApiKey(this AuthenticationBuilder builder, string authenticationScheme, Action<RotatingApiKeyOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(authenticationScheme);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddOptions<RotatingApiKeyOptions>(authenticationScheme).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<RotatingApiKeyOptions>, RotatingApiKeySetup>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RotatingApiKeyOptions>, RotatingApiKeyOptionsValidator>());

        // What is for operators must not be reachable by keys alone; that is known when endpoints are built.
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, EndpointsAtStart>());
        return builder.AddScheme<RotatingApiKeyOptions, RotatingApiKeyHandler>(authenticationScheme, configure);
    }
}
