using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Http;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>What the app said of an endpoint, or of a group of them: who may send, and the limits. Puts a verifier before each. Safe for concurrent use.</summary>
internal sealed class WebhookDeclaration(IReadOnlyList<(string CredentialName, SignatureFormat Format)> sources, WebhookOptions options)
{
    private readonly RecentMessages _recent = new(options.MaxRememberedMessages, Retention(options));

    public void Apply(EndpointBuilder endpoint)
    {
        if (endpoint.RequestDelegate is not { } next)
        {
            return;
        }

        var services = endpoint.ApplicationServices;
        var name = (endpoint as RouteEndpointBuilder)?.RoutePattern.RawText ?? endpoint.DisplayName ?? sources[0].CredentialName;
        Check(endpoint, name, services);
        endpoint.Metadata.Add(this);
        endpoint.RequestDelegate = Verifier(next, name, services);
    }

    private RequestDelegate Verifier(RequestDelegate next, string name, IServiceProvider services)
    {
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(WebhookLog.Category);
        var shared = services.GetService<IDistributedCache>() is { } cache ? new SharedMessages(cache, name, Retention(options), time, logger) : null;
        WebhookSource[] all =
        [
            .. from source in sources
               let provider = RegisteredCredential.Get(services, source.CredentialName, $"webhook '{name}' uses it")
               select new WebhookSource(name, provider.ForConsumer(name), source.Format, options.Caller, time, logger),
        ];
        return new WebhookVerifier(next, name, all, options, new MessageMemory(name, _recent, shared, options, time, logger), time, logger).InvokeAsync;
    }

    // From the earliest moment at which a message can be accepted to the latest, and what may pass between the look at the clock and here.
    private static TimeSpan Retention(WebhookOptions options) => (2 * options.Tolerance) + WebhookSource.MaxRefreshWait;

    private void Check(EndpointBuilder endpoint, string name, IServiceProvider services)
    {
        if (endpoint.Metadata.OfType<WebhookDeclaration>().Any())
        {
            throw new InvalidOperationException(
                $"Webhook '{name}': {nameof(WebhookEndpointConventionBuilderExtensions.RequireWebhookSignature)} is said of it twice, perhaps once of its group, so both signatures would have to hold. "
                + $"Say it once; where either is enough, say so: w => w.{nameof(WebhookOptions.AnyOf)}(\"{sources[0].CredentialName}\", scheme).");
        }

        if (!services.GetServices<IStartupFilter>().OfType<EndpointsAtStart>().Any())
        {
            throw new InvalidOperationException(
                $"Webhook '{name}' of credential '{sources[0].CredentialName}' cannot be checked before the server listens. Call builder.Services.{nameof(WebhookServiceCollectionExtensions.AddWebhookSignatures)}().");
        }
    }
}
