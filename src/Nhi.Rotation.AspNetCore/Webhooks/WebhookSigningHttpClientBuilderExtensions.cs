using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AspNetCore;
using Nhi.Rotation.AspNetCore.Webhooks;
using Nhi.Rotation.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets an HttpClient sign the webhooks it sends.</summary>
public static class WebhookSigningHttpClientBuilderExtensions
{
    /// <summary>
    /// Signs each request of the client: with every accepted version of the credential if the scheme takes several signatures, so that receivers may change
    /// their secret at any time during the overlap, and with the current one otherwise. Each signature counts one use, under the client's name.
    /// </summary>
    /// <param name="builder">The client. Each try of a resilience handler is signed anew and keeps its message id, whatever the order of registration.</param>
    /// <param name="credentialName">The credential, as registered.</param>
    /// <param name="scheme">How to sign.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>Bodies are buffered to be signed. A message id that the request has in the scheme's header is kept; otherwise a random one is set.</remarks>
    /// <exception cref="ArgumentException">The scheme contradicts itself or is not safe.</exception>
    /// <exception cref="InvalidOperationException">The builder is for all clients.</exception>
    public static IHttpClientBuilder AddWebhookSigning(this IHttpClientBuilder builder, string credentialName, WebhookScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        var format = new SignatureFormat(scheme);
        var client = builder.Name;
        if (string.IsNullOrEmpty(client))
        {
            throw new InvalidOperationException(
                $"Every HttpClient of the app would sign with credential '{credentialName}'. Call {nameof(AddWebhookSigning)} on a named or typed client.");
        }

        // After all that configures the client, so that the handler is the innermost.
        builder.Services.AddOptions<HttpClientFactoryOptions>(client).PostConfigure<IServiceProvider>((options, services) =>
        {
            var provider = RegisteredCredential.Get(services, credentialName, $"HttpClient '{client}' signs webhooks with it");
            var signer = new WebhookSigner(
                client,
                provider.ForConsumer(client),
                format,
                services.GetService<TimeProvider>() ?? TimeProvider.System,
                services.GetRequiredService<ILoggerFactory>().CreateLogger(WebhookLog.Category));
            options.HttpMessageHandlerBuilderActions.Add(handlers => handlers.AdditionalHandlers.Add(new WebhookSigningHandler(signer)));
        }).ValidateOnStart();
        return builder;
    }
}
