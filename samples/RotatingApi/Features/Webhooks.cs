using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.AspNetCore;

namespace RotatingApi.Features;

/// <summary>Webhooks, signed by whoever sends and verified by whoever receives: docs/webhooks.md.</summary>
internal static class Webhooks
{
    public const string Key = "hook-key";

    public static void AddWebhooks(this IServiceCollection services, Uri receiver, string secrets) =>
        services.AddWebhookSignatures().AddHttpClient<WebhookClient>(http => http.BaseAddress = receiver)
            .ConfigurePrimaryHttpMessageHandler(() => Tls.NewHandler(secrets))
            .AddWebhookSigning(Key, WebhookScheme.StandardWebhooks);

    public static void MapWebhooks(this WebApplication app) =>
        app.MapPost("/hooks", static () => "heard").RequireWebhookSignature(Key, WebhookScheme.StandardWebhooks);
}
