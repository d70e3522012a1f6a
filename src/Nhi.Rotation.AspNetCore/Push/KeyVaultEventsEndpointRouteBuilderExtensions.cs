using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;
using Nhi.Rotation.AspNetCore;
using Nhi.Rotation.AspNetCore.Push;
using Nhi.Rotation.Http;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the endpoint that hears of changes in Azure Key Vault.</summary>
public static class KeyVaultEventsEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps an endpoint for the events that Azure Event Grid delivers for Key Vault, in Event Grid's own schema or as CloudEvents 1.0, with both handshakes.
    /// A new version asks for a refresh of the credentials that are stored there; near expiry and expiry are logged as warnings. An event never carries a
    /// value and never changes anything by itself.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The route, such as <c>/events/keyvault</c>.</param>
    /// <param name="configure">Says who may deliver. An endpoint that anybody may call is not mapped.</param>
    /// <returns>The endpoints of the deliveries (POST) and of the CloudEvents handshake (OPTIONS), which needs the key but meets no policy. <c>AllowAnonymous()</c> does not open them.</returns>
    /// <exception cref="InvalidOperationException">Nothing says who may deliver, the policy does not exist, or no rotating credentials are registered.</exception>
    /// <exception cref="CredentialUnavailableException"><see cref="KeyVaultEventOptions.KeyCredential"/> names no registered credential.</exception>
    public static IEndpointConventionBuilder MapKeyVaultEvents(this IEndpointRouteBuilder endpoints, string pattern, Action<KeyVaultEventOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new KeyVaultEventOptions();
        configure(options);
        if (string.IsNullOrEmpty(options.KeyCredential) && string.IsNullOrEmpty(options.AuthorizationPolicy))
        {
            throw new InvalidOperationException(
                $"MapKeyVaultEvents(\"{pattern}\") does not say who may deliver events. Set KeyCredential to the name of a credential, or AuthorizationPolicy to the name of a policy.");
        }

        var services = endpoints.ServiceProvider;
        var signals = services.GetService<ICredentialSignals>()
            ?? throw new InvalidOperationException("MapKeyVaultEvents has nobody to tell: no rotating credentials are registered. Call services.AddRotatingCredentials().AddCredential(...).");
        var key = string.IsNullOrEmpty(options.KeyCredential) ? null : RegisteredCredential.Get(services, options.KeyCredential, $"MapKeyVaultEvents(\"{pattern}\") uses it");
        var log = new PushLog(services.GetRequiredService<ILoggerFactory>().CreateLogger("Nhi.Rotation.AspNetCore.Push"), services.GetService<TimeProvider>() ?? TimeProvider.System);
        var guard = new DeliveryKey(key, log, pattern);
        var receiver = new KeyVaultEventReceiver(guard, new KeyVaultEventHandler(signals, services.GetRequiredService<IRotationLedger>(), log), log, pattern);

        // What the app asks of the returned group holds for both, such as a host.
        var both = endpoints.MapGroup(pattern);
        var deliveries = both.MapPost(string.Empty, receiver.ReceiveAsync).WithDisplayName("Key Vault events").ExcludeFromDescription();
        if (!string.IsNullOrEmpty(options.AuthorizationPolicy))
        {
            NamedPolicy.Check(services, options.AuthorizationPolicy, $"MapKeyVaultEvents(\"{pattern}\")", nameof(options.AuthorizationPolicy));
            deliveries.RequireAuthorization(options.AuthorizationPolicy).Finally(static endpoint => AnonymousAccess.Remove(endpoint, before: endpoint.Metadata.Count));
        }

        // Consent to be sent events, which then still need the token: the specification keeps the two apart. A key is needed for both.
        both.MapMethods(string.Empty, [HttpMethods.Options], new CloudEventsHandshake(guard).AnswerAsync)
            .WithDisplayName("Key Vault events, handshake").ExcludeFromDescription().AllowAnonymous();
        return both;
    }
}
