using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>The kinds of endpoints that read a verified body.</summary>
public sealed class EndpointTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/json", "application/json", """{"text":"hello"}""")]
    [InlineData("/form", "application/x-www-form-urlencoded", "text=hello")]
    [InlineData("/pipe", "text/plain", "hello")]
    [InlineData("/group/a", "application/json", """{"text":"hello"}""")]
    [InlineData("/controller", "application/json", """{"text":"hello"}""")]
    public async Task It_reads_the_body_as_always_and_nothing_unsigned_is_bound(string path, string type, string body)
    {
        await using var app = await StartAsync();

        Assert.Equal((401, false), await PostAsync(app, path, type, "broken", Signed.Headers("GitHub", body, default, "one")));
        Assert.Equal((200, true), await PostAsync(app, path, type, body, Signed.Headers("GitHub", body, default, "one")));
    }

    [Fact]
    public async Task A_group_remembers_its_messages_together()
    {
        await using var app = await StartAsync();
        var headers = Signed.Headers("GitHub", """{"text":"hello"}""", default, "one");

        Assert.Equal((200, true), await PostAsync(app, "/group/a", "application/json", """{"text":"hello"}""", headers));
        Assert.Equal((401, false), await PostAsync(app, "/group/b", "application/json", """{"text":"hello"}""", headers));
    }

    [Fact]
    public async Task A_form_that_was_read_too_early_is_an_error_that_says_so()
    {
        var log = new FakeLogCollector();
        await using var app = await StartAsync(log, readsForms: true);

        Assert.Equal((500, false), await PostAsync(app, "/form", "application/x-www-form-urlencoded", "text=hello", Signed.Headers("GitHub", "text=hello", default, "one")));

        Assert.Contains(log.GetSnapshot(), record => record.Exception?.Message.Contains("read the body as a form", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_body_that_is_kept_after_the_request_cannot_be_read()
    {
        Stream? kept = null;
        await using var app = await StartAsync(onBody: body => kept = body);

        Assert.Equal((200, true), await PostAsync(app, "/keep", "text/plain", "hello", Signed.Headers("GitHub", "hello", default, "one")));

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await kept!.ReadExactlyAsync(new byte[1], Ct));
    }

    [Fact]
    public async Task Middleware_has_the_servers_body_back_when_the_endpoint_is_done()
    {
        var isBack = false;
        await using var app = await StartAsync(onEnd: same => isBack = same);

        Assert.Equal((200, true), await PostAsync(app, "/pipe", "text/plain", "hello", Signed.Headers("GitHub", "hello", default, "one")));

        await app.StopAsync(Ct);
        Assert.True(isBack);
    }

    [Fact]
    public async Task Messages_in_parallel_do_not_see_each_others_bodies()
    {
        await using var app = await StartAsync();

        await Parallel.ForAsync(0, 200, Ct, async (i, _) =>
        {
            var body = $$"""{"text":"{{new string((char)('a' + (i % 26)), 100 * (i + 1))}}hello"}""";
            Assert.Equal((200, true), await PostAsync(app, "/json", "application/json", body, Signed.Headers("GitHub", body, default, "one")));
        });
    }

    private static async Task<(int Status, bool IsHello)> PostAsync(WebApplication app, string path, string type, string body, (string Name, string Value)[] headers)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, app.Urls.First() + path) { Content = new StringContent(body, Encoding.UTF8, type) };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await client.SendAsync(request, Ct);
        return ((int)response.StatusCode, (await response.Content.ReadAsStringAsync(Ct)).Contains("hello", StringComparison.Ordinal));
    }

    private static async Task<WebApplication> StartAsync(FakeLogCollector? log = null, bool readsForms = false, Action<Stream>? onBody = null, Action<bool>? onEnd = null)
    {
        var backend = new FakeCredentialBackend(TimeProvider.System);
        backend.Add("hook", "one");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(new FakeLoggerProvider(log ?? new FakeLogCollector()));
        builder.Services.AddAntiforgery().AddWebhookSignatures();
        builder.Services.AddControllers().AddApplicationPart(typeof(EndpointTests).Assembly);
        builder.Services.AddRotatingCredentials().AddCredential("hook", c => c.UseBackend("hook", _ => backend).Configure(options => options.MinimumLength = 1));
        var app = builder.Build();
        app.UseRouting();
        app.Use(async (context, next) =>
        {
            if (readsForms)
            {
                await context.Request.ReadFormAsync();
            }

            var body = context.Request.Body;
            await next(context);
            onEnd?.Invoke(context.Request.Body == body);
        });
        app.UseAntiforgery();
        app.MapPost("/json", (HookMessage message) => Results.Text(message.Text)).RequireWebhookSignature("hook", WebhookScheme.GitHub);
        app.MapPost("/form", ([FromForm] string text) => Results.Text(text)).RequireWebhookSignature("hook", WebhookScheme.GitHub);
        app.MapPost("/pipe", async (HttpContext context) =>
        {
            var read = await context.Request.BodyReader.ReadAtLeastAsync(5);
            return Results.Text(Encoding.UTF8.GetString(read.Buffer));
        }).RequireWebhookSignature("hook", WebhookScheme.GitHub);
        app.MapPost("/keep", (HttpContext context) =>
        {
            onBody?.Invoke(context.Request.Body);
            return Results.Text("hello");
        }).RequireWebhookSignature("hook", WebhookScheme.GitHub);
        var group = app.MapGroup("/group").RequireWebhookSignature("hook", WebhookScheme.GitHub);
        group.MapPost("/a", (HookMessage message) => Results.Text(message.Text));
        group.MapPost("/b", (HookMessage message) => Results.Text(message.Text));
        app.MapControllers().RequireWebhookSignature("hook", WebhookScheme.GitHub);
        await app.StartAsync(Ct);
        return app;
    }
}
