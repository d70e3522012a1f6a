using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>Two signatures on one endpoint: both would have to hold, which nobody means, or either is enough, which has to be said.</summary>
public sealed class AnyOfTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Said_twice_of_an_endpoint_it_stops_the_start()
    {
        var twice = await FailAsync(app => app.MapPost("/hook", () => "").RequireWebhookSignature("first", WebhookScheme.GitHub).RequireWebhookSignature("second", WebhookScheme.Stripe));
        var group = await FailAsync(app => app.MapGroup("/").RequireWebhookSignature("second", WebhookScheme.Stripe).MapPost("/hook", () => "").RequireWebhookSignature("second", WebhookScheme.GitHub));

        Assert.Equal(
            "Webhook '/hook': RequireWebhookSignature is said of it twice, perhaps once of its group, so both signatures would have to hold. Say it once; where either is enough, say so: w => w.AnyOf(\"second\", scheme).",
            twice);
        Assert.Equal(twice, group);
    }

    [Fact]
    public async Task Either_is_enough_if_it_is_said()
    {
        await using var app = await StartAsync(app => Map(app, options => options.AnyOf("second", WebhookScheme.Stripe).AnyOf("third", WebhookScheme.GitHub)));

        Assert.Equal("first v1", await SendAsync(app, Signed.Headers("GitHub", "body", DateTimeOffset.UtcNow, "secret of first")));
        Assert.Equal("second v1", await SendAsync(app, Signed.Headers("Stripe", "body", DateTimeOffset.UtcNow, "secret of second")));
        Assert.Equal("third v1", await SendAsync(app, Signed.Headers("GitHub", "body", DateTimeOffset.UtcNow, "secret of third")));
        Assert.Equal("401", await SendAsync(app, Signed.Headers("GitHub", "body", DateTimeOffset.UtcNow, "secret of second")));
        Assert.Equal("401", await SendAsync(app, Signed.Headers("Stripe", "body", DateTimeOffset.UtcNow, "secret of first")));
        Assert.Equal("401", await SendAsync(app));
        Assert.Equal("first v1", await SendAsync(app, [.. Signed.Headers("GitHub", "body", DateTimeOffset.UtcNow, "secret of first"), ("Stripe-Signature", "nonsense")], body: "body"));
    }

    [Fact]
    public async Task A_source_without_a_key_makes_senders_try_again()
    {
        await using var app = await StartAsync(app => Map(app, options => options.AnyOf("second", WebhookScheme.GitHub)));
        await app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("first").RevokeAsync("v1", "leaked", Ct);

        Assert.Equal("second v1", await SendAsync(app, Signed.Headers("GitHub", "body", default, "secret of second")));
        Assert.Equal("503", await SendAsync(app, Signed.Headers("GitHub", "body", default, "secret of first")));
    }

    [Fact]
    public async Task A_credential_that_is_not_registered_stops_the_start() =>
        Assert.Contains("webhook '/hook' uses it, and it is not registered", (await Assert.ThrowsAsync<CredentialUnavailableException>(() => StartAsync(app => Map(app, options => options.AnyOf("fourth", WebhookScheme.GitHub))))).Message, StringComparison.Ordinal);

    private static void Map(IEndpointRouteBuilder app, Action<WebhookOptions> configure) => app.MapPost("/hook", (HttpContext context) =>
    {
        var webhook = context.Features.Get<VerifiedWebhook>()!;
        return $"{webhook.CredentialName} {webhook.VersionId}";
    }).RequireWebhookSignature("first", WebhookScheme.GitHub, options =>
    {
        options.OnRepeat = WebhookRepeat.RunAgain;
        configure(options);
    });

    private static async Task<string> FailAsync(Action<IEndpointRouteBuilder> map) => (await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(map))).Message;

    private static async Task<WebApplication> StartAsync(Action<IEndpointRouteBuilder> map)
    {
        var backend = new FakeCredentialBackend(TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddWebhookSignatures();
        foreach (var name in (string[])["first", "second", "third"])
        {
            backend.Add(name, $"secret of {name}");
            builder.Services.AddRotatingCredentials().AddCredential(name, c => c.UseBackend(name, _ => backend).Configure(options => options.MinimumLength = 1));
        }

        var app = builder.Build();
        map(app);
        await app.StartAsync(Ct);
        return app;
    }

    private static Task<string> SendAsync(WebApplication app, params (string Name, string Value)[] headers) => SendAsync(app, headers, "body");

    private static async Task<string> SendAsync(WebApplication app, (string Name, string Value)[] headers, string body)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, app.Urls.First() + "/hook") { Content = new StringContent(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await client.SendAsync(request, Ct);
        return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync(Ct) : $"{(int)answer.StatusCode}";
    }
}
