using Nhi.Rotation.AspNetCore;
using Nhi.Rotation.AspNetCore.Webhooks;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Protects endpoints with the signatures of webhooks.</summary>
public static class WebhookEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Lets only messages through that are signed with an accepted version of a credential: the current one, one in overlap, or a pending one whose time has
    /// come. Anything else gets problem details with status 400, 401 or 413 before the endpoint, its filters and its parameters see it.
    /// </summary>
    /// <typeparam name="TBuilder">The kind of endpoint.</typeparam>
    /// <param name="builder">The endpoint, or a group of them.</param>
    /// <param name="credentialName">The credential, as registered.</param>
    /// <param name="scheme">How the sender signs.</param>
    /// <param name="configure">Sets limits.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// The endpoint then reads the body as always. Each message counts one use of the version it was signed with, by the sender; the consumer is the route.
    /// Needs <c>AddWebhookSignatures()</c>, which makes a credential that is not registered fail the start. A signature made with a retired version is refused, recognised, logged and counted as residual use. An unknown one makes the credential refresh once,
    /// rate-limited, so that a sender may be the first to have a new secret. Antiforgery is off for these endpoints: the signature does its work.
    /// </remarks>
    /// <exception cref="InvalidOperationException">At start: it is said twice of an endpoint, so that both signatures would have to hold. See <see cref="WebhookOptions.AnyOf"/>.</exception>
    /// <exception cref="ArgumentException">The scheme contradicts itself or is not safe.</exception>
    public static TBuilder RequireWebhookSignature<TBuilder>(
        this TBuilder builder, string credentialName, WebhookScheme scheme, Action<WebhookOptions>? configure = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        var options = new WebhookOptions();
        configure?.Invoke(options);
        var declared = new WebhookDeclaration([(credentialName, new SignatureFormat(scheme)), .. options.Others.Select(other => (other.CredentialName, new SignatureFormat(other.Scheme)))], options);
        builder.Add(declared.Apply);
        return builder.DisableAntiforgery();
    }
}
