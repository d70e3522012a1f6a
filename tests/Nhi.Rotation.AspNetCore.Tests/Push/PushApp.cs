using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Push;

/// <summary>An app on a loopback port with one credential in a vault and the key that Event Grid presents; its engine runs on fake time.</summary>
internal sealed class PushApp : IAsyncDisposable
{
    public const string Secret = "https://my-vault.vault.azure.net/secrets/stripe-api-key";
    public const string EventKey = "CANARY-event-key-3f9a";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;

    private PushApp(WebApplication app, FakeTimeProvider time, FakeCredentialBackend backend)
    {
        _app = app;
        Time = time;
        Backend = backend;
    }

    public FakeTimeProvider Time { get; }

    public FakeCredentialBackend Backend { get; }

    public HttpClient Client { get; private set; } = null!;

    public IReadOnlyList<FakeLogRecord> Logged(int id) => [.. Log.GetSnapshot().Where(entry => entry.Id.Id == id)];

    public FakeLogCollector Log => _app.Services.GetFakeLogCollector();

    public IRotatingCredentialProvider Stripe => _app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");

    public IRotatingCredentialProvider EventGrid => _app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("event-grid");

    public int StripeRequests => Backend.Requests.Count(request => request.Key == Secret);

    public static async Task<PushApp> StartAsync(Action<KeyVaultEventOptions>? configure = null, Action<IServiceCollection>? services = null, Action<IEndpointConventionBuilder>? endpoint = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var backend = new FakeCredentialBackend(time);
        backend.Add(Secret, "CANARY-stripe-one");
        backend.Add("event-key", EventKey);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders().AddFakeLogging().SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddRotatingCredentials()
            .AddCredential("stripe", credential => credential.UseBackend(Secret, _ => backend).OwnedBy("payments"))
            .AddCredential("event-grid", credential => credential.UseBackend("event-key", _ => backend).Configure(options => options.MinimumLength = 1));
        services?.Invoke(builder.Services);
        var app = builder.Build();

        // Stands in for the middleware of forwarded headers.
        app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = context.Request.Headers["X-Test-From"] is [{ } from] ? IPAddress.Parse(from) : context.Connection.RemoteIpAddress;
            return next(context);
        });
        var events = app.MapKeyVaultEvents("/events", configure ?? (options => options.KeyCredential = "event-grid"));
        endpoint?.Invoke(events);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new PushApp(app, time, backend) { Client = new HttpClient { BaseAddress = new Uri(address) } };
    }

    public static string Event(string type, string? id = null, string secret = Secret, string version = "ee059b2bb5bc48398a53b168c6cdcb10", string exp = "1775044800") =>
        $$"""{"id":"{{id ?? Guid.NewGuid().ToString()}}","topic":"/subscriptions/s/vaults/my-vault","subject":"stripe-api-key","eventType":"{{type}}","eventTime":"2026-03-01T12:00:00Z","data":{"Id":"{{secret}}/{{version}}","VaultName":"my-vault","ObjectType":"Secret","ObjectName ":"stripe-api-key","Version":" {{version}}","NBF":"1559081980","EXP":"{{exp}}"},"dataVersion":"1","metadataVersion":"1"}""";

    public static string NewVersion(string? id = null) => $"[{Event("Microsoft.KeyVault.SecretNewVersionCreated", id)}]";

    public async Task<HttpStatusCode> PostAsync(string body, string? key = EventKey, string from = "192.0.2.1")
    {
        using var response = await SendAsync(HttpMethod.Post, "/events", key, new StringContent(body, Encoding.UTF8, "application/json"), ("X-Test-From", from));
        return response.StatusCode;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? key, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Event-Key", key);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task UntilAsync(Func<bool> happened)
    {
        var since = Stopwatch.GetTimestamp();
        while (!happened())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Deadline, "It did not happen in time.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
