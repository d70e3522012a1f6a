using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.ApiKeys;

/// <summary>An app on loopback that takes API keys; its keys come from a fake backend, everything else is real.</summary>
internal sealed class ApiKeyApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiKeyApp(WebApplication app, FakeCredentialBackend keys, FakeTimeProvider time)
    {
        _app = app;
        Keys = keys;
        Time = time;
    }

    public FakeCredentialBackend Keys { get; }

    public FakeTimeProvider Time { get; }

    public FakeLogCollector Log => _app.Services.GetFakeLogCollector();

    public IRotationLedger Ledger => _app.Services.GetRequiredService<IRotationLedger>();

    public Uri Address => new(_app.Urls.First());

    public static Task<ApiKeyApp> StartAsync(Action<RotatingApiKeyOptions> configure, params string[] credentials) =>
        StartAsync(configure, credentials, build: null);

    public static async Task<ApiKeyApp> StartAsync(
        Action<RotatingApiKeyOptions> configure,
        string[] credentials,
        Action<WebApplicationBuilder>? build,
        Action<WebApplication>? map = null,
        string scheme = RotatingApiKeyDefaults.AuthenticationScheme)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 3, 0, 0, TimeSpan.Zero));
        var keys = new FakeCredentialBackend(time);
        foreach (var name in credentials)
        {
            keys.Add(name, Key(name, 1));
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddFakeLogging();
        builder.Services.AddSingleton<TimeProvider>(time);
        var rotating = builder.Services.AddRotatingCredentials().Configure(static options => options.OnlyProcess = true);
        foreach (var name in credentials)
        {
            rotating.AddCredential(name, credential => credential.UseBackend(name, _ => keys).Configure(options => options.Overlap = TimeSpan.FromHours(1)));
        }

        builder.Services.AddAuthentication(scheme).AddRotatingApiKey(scheme, configure);
        builder.Services.AddAuthorization();
        builder.Services.AddProblemDetails();
        build?.Invoke(builder);
        var app = builder.Build();
        app.MapGet("/me", (ClaimsPrincipal user) => string.Join(' ', user.Claims.Select(claim => claim.Value))).RequireAuthorization();
        map?.Invoke(app);
        await app.StartAsync();
        return new ApiKeyApp(app, keys, time);
    }

    /// <summary>A key as an issuer would make it.</summary>
    public static string Key(string client, int number) => $"{client}_CANARY-{number}-9d2c64f0a1";

    public async Task RotateAsync(string credential, int number)
    {
        Keys.Add(credential, Key(credential, number));
        await Provider(credential).RefreshAsync(RefreshReason.Requested);
    }

    public IRotatingCredentialProvider Provider(string credential) => _app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>(credential);

    public Task<HttpResponseMessage> SendAsync(string? key) => SendAsync(headers => headers.TryAddWithoutValidation("X-Api-Key", key), isSet: key is not null);

    public async Task<HttpResponseMessage> SendAsync(Action<HttpRequestHeaders> set, bool isSet = true, string path = "/me")
    {
        using var client = new HttpClient { BaseAddress = Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (isSet)
        {
            set(request.Headers);
        }

        return await client.SendAsync(request);
    }

    /// <summary>Past HttpClient, which would not send some of what is sent here.</summary>
    public Task<string> SendRawAsync(string headers) => RawHttp.SendAsync(Address.Port, $"GET /me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
