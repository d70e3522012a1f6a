using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>An app with the real engine on loopback: receives at <c>/hook</c>, and sends with the client <c>sender</c>. Both use credential <c>hook</c>.</summary>
internal sealed class WebhookApp : IAsyncDisposable
{
    public const string Route = "/hook";

    private readonly WebApplication _app;
    private readonly Received _received;

    private WebhookApp(WebApplication app, FakeCredentialBackend backend, FakeTimeProvider time, FakeLogCollector log, Received received)
    {
        _app = app;
        Backend = backend;
        Time = time;
        Log = log;
        _received = received;
        Provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("hook");
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public FakeCredentialBackend Backend { get; }

    public FakeTimeProvider Time { get; }

    public FakeLogCollector Log { get; }

    public IRotatingCredentialProvider Provider { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Sends to this app, unsigned.</summary>
    public HttpClient Client { get; }

    /// <summary>Signs what it sends.</summary>
    public HttpClient Sender => _app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("sender");

    public IReadOnlyList<(string Body, VerifiedWebhook Webhook)> Messages
    {
        get
        {
            lock (_received.Messages)
            {
                return [.. _received.Messages];
            }
        }
    }

    /// <summary>What the endpoint answers.</summary>
    public int Answer
    {
        get => _received.Answer;
        set => _received.Answer = value;
    }

    /// <summary>What the endpoint waits for once it has the message.</summary>
    public Func<Task>? Wait
    {
        get => _received.Wait;
        set => _received.Wait = value;
    }

    public static async Task<WebhookApp> StartAsync(
        WebhookScheme scheme, string secret, Action<WebhookOptions>? limits = null, DateTimeOffset? now = null, Action<WebApplicationBuilder>? configure = null)
    {
        var time = new FakeTimeProvider(now ?? DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        var backend = new FakeCredentialBackend(time);
        backend.Add("hook", secret);
        var log = new FakeLogCollector();
        var received = new Received();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(new FakeLoggerProvider(log));
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddRotatingCredentials().AddCredential("hook", c => c.UseBackend("hook", _ => backend).Configure(options => (options.Overlap, options.MinimumLength) = (TimeSpan.FromHours(1), 1)));
        builder.Services.AddHttpClient("sender").AddWebhookSigning("hook", scheme);
        builder.Services.AddWebhookSignatures();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.MapPost(Route, (Delegate)received.TakeAsync).RequireWebhookSignature("hook", scheme, limits);
        await app.StartAsync();
        return new WebhookApp(app, backend, time, log, received);
    }

    /// <summary>Makes a new version current.</summary>
    public async Task RotateAsync(string secret)
    {
        Backend.Add("hook", secret);
        await Provider.RefreshAsync(RefreshReason.Requested);
    }

    /// <summary>Puts a version out of service; its value is still held.</summary>
    public async Task DisableAsync(string versionId)
    {
        Backend.SetEnabled("hook", versionId, false);
        await Provider.RefreshAsync(RefreshReason.Requested);
    }

    /// <summary>Posts a body with headers as they are.</summary>
    public async Task<HttpResponseMessage> PostAsync(HttpContent body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Route) { Content = body };
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<int> PostAsync(string body, params (string Name, string Value)[] headers)
    {
        using var response = await PostAsync(new StringContent(body), headers);
        return (int)response.StatusCode;
    }

    /// <summary>Past HttpClient, which would not send some of what is sent here.</summary>
    public Task<string> SendRawAsync(string body, params (string Name, string Value)[] headers) => RawHttp.SendAsync(
        Client.BaseAddress!.Port,
        $"POST {Route} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {body.Length}\r\n{string.Concat(headers.Select(header => $"{header.Name}: {header.Value}\r\n"))}\r\n{body}");

    /// <summary>The uses of a version by senders: all, in overlap, out of service.</summary>
    public (long Uses, long InOverlap, long Retired) UsesBySenders(string versionId)
    {
        var uses = Services.GetRequiredService<IRotationLedger>().GetUses().Where(use => use.VersionId == versionId && use.Caller is not null).ToList();
        return (uses.Sum(use => use.Uses), uses.Sum(use => use.ResidualInOverlap), uses.Sum(use => use.ResidualRetired));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class Received
    {
        public List<(string Body, VerifiedWebhook Webhook)> Messages { get; } = [];

        public int Answer { get; set; } = StatusCodes.Status200OK;

        public Func<Task>? Wait { get; set; }

        public async Task<IResult> TakeAsync(HttpContext context)
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            lock (Messages)
            {
                Messages.Add((body, context.Features.Get<VerifiedWebhook>()!));
            }

            var answer = Answer;
            await (Wait?.Invoke() ?? Task.CompletedTask);
            return Results.StatusCode(answer);
        }
    }
}
