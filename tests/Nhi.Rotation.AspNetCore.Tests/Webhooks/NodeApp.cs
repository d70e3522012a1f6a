using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>One endpoint and one client for each preset, on the real clock; both credentials are in overlap.</summary>
internal sealed class NodeApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, Sent> _sent;

    private NodeApp(WebApplication app, Dictionary<string, Sent> sent)
    {
        _app = app;
        _sent = sent;
    }

    public string Address => _app.Urls.First();

    /// <summary>The vendors' libraries know the first secret only, which is the older one here.</summary>
    public static async Task<NodeApp> StartAsync(string raw, string standard)
    {
        var backend = new FakeCredentialBackend(TimeProvider.System);
        backend.Add("raw", raw);
        backend.Add("standard", standard);
        var sent = new Dictionary<string, Sent>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddRotatingCredentials()
            .AddCredential("raw", c => c.UseBackend("raw", _ => backend).Configure(options => options.MinimumLength = 1))
            .AddCredential("standard", c => c.UseBackend("standard", _ => backend).Configure(options => options.MinimumLength = 1));
        builder.Services.AddWebhookSignatures();
        foreach (var (preset, credential) in new[] { ("GitHub", "raw"), ("Stripe", "raw"), ("Standard Webhooks", "standard") })
        {
            builder.Services.AddHttpClient(preset).AddWebhookSigning(credential, Signed.Scheme(preset)).ConfigurePrimaryHttpMessageHandler(() => new Recorder(preset, sent));
        }

        var app = builder.Build();
        app.MapPost("/github", () => Results.Ok()).RequireWebhookSignature("raw", WebhookScheme.GitHub);
        app.MapPost("/stripe", () => Results.Ok()).RequireWebhookSignature("raw", WebhookScheme.Stripe);
        app.MapPost("/standard", () => Results.Ok()).RequireWebhookSignature("standard", WebhookScheme.StandardWebhooks);
        await app.StartAsync();
        var standardProvider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("standard");
        backend.Add("standard", Signed.Secret("Standard Webhooks", 2));
        await standardProvider.RefreshAsync(RefreshReason.Requested);
        return new NodeApp(app, sent);
    }

    public async Task<Sent> SignAsync(string preset)
    {
        var client = _app.Services.GetRequiredService<IHttpClientFactory>().CreateClient(preset);
        using var response = await client.PostAsync(new Uri("http://127.0.0.1:1/"), new StringContent("""{"type":"invoice.paid","text":"Grüße, 世界"}"""));
        return _sent[preset];
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class Recorder(string preset, Dictionary<string, Sent> sent) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.Single());
            sent[preset] = new Sent(preset, await request.Content!.ReadAsStringAsync(cancellationToken), headers);
            return new HttpResponseMessage();
        }
    }
}
