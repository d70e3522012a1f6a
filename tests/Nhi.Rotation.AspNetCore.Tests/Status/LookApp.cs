using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Status;

/// <summary>An app that partners call with API keys, with a status page for its operators.</summary>
internal sealed class LookApp : IAsyncDisposable
{
    public const string Key = "CANARY-of-a-partner-0001";

    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private LookApp(WebApplication app)
    {
        _app = app;
        _client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public IServiceProvider Services => _app.Services;

    public FakeLogCollector Log => _app.Services.GetFakeLogCollector();

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _client.SendAsync(request, TestContext.Current.CancellationToken);

    public static async Task<LookApp> StartAsync(string? defaultScheme, Action<AuthenticationBuilder> schemes, Action<IEndpointRouteBuilder> map, Action<IServiceCollection>? services = null)
    {
        var backend = new FakeCredentialBackend(TimeProvider.System);
        backend.Add("acme", Key);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddFakeLogging();
        builder.Services.AddRotatingCredentials().AddCredential("acme", credential => credential.UseBackend("acme", _ => backend).Configure(options => options.MinimumLength = 1));
        schemes(defaultScheme is null ? builder.Services.AddAuthentication() : builder.Services.AddAuthentication(defaultScheme));
        builder.Services.AddAuthorization();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        try
        {
            map(app);
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new LookApp(app);
    }

    /// <summary>What each gets: nobody, the partner with its key, an operator, and one who has both.</summary>
    public async Task<string> LookAsync() => string.Join(' ', await StatusAsync(hasKey: false, isOperator: false), await StatusAsync(hasKey: true, isOperator: false), await StatusAsync(hasKey: false, isOperator: true), await StatusAsync(hasKey: true, isOperator: true));

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    private async Task<int> StatusAsync(bool hasKey, bool isOperator)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/rotation");
        if (hasKey)
        {
            request.Headers.Add("X-Api-Key", Key);
        }

        if (isOperator)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Test", "operator");
        }

        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
