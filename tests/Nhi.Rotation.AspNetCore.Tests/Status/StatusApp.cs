using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Status;

/// <summary>An app on loopback with one credential, <c>stripe</c>, and a status page for operators.</summary>
internal sealed class StatusApp : IAsyncDisposable
{
    public const string Canary = "CANARY-5f0c";

    private readonly WebApplication _app;

    private StatusApp(WebApplication app, FakeCredentialBackend backend, string first)
    {
        First = first;
        _app = app;
        Backend = backend;
        Stripe = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
    }

    /// <summary>The id of the version it starts with.</summary>
    public string First { get; }

    public FakeCredentialBackend Backend { get; }

    public IRotatingCredentialProvider Stripe { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address => new(_app.Urls.First());

    public static async Task<StatusApp> StartAsync(bool isOpen = false, Action<WebApplicationBuilder>? configure = null, string? pathBase = null)
    {
        var backend = new FakeCredentialBackend(TimeProvider.System);
        var first = backend.Add("stripe", Canary + "-one");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("test", null);
        builder.Services.AddAuthorization();
        builder.Services.AddRotatingCredentials()
            .Configure(options => options.ApplicationName = "shop")
            .AddCredential("stripe", credential => credential.UseBackend("stripe", _ => backend).Configure(options => options.MinimumLength = 1).OwnedBy("payments <team>").For("charges"));
        configure?.Invoke(builder);
        var app = builder.Build();
        if (pathBase is not null)
        {
            app.UsePathBase(pathBase);
            app.UseRouting();
            app.UseAuthorization();
        }

        var endpoint = app.MapRotationStatus("/rotation");
        if (isOpen)
        {
            endpoint.AllowAnonymous();
        }

        await app.StartAsync();
        return new StatusApp(app, backend, first);
    }

    public async Task<string> RotateAsync()
    {
        var id = Backend.Add("stripe", $"{Canary}-{Guid.NewGuid()}");
        await Stripe.RefreshAsync(RefreshReason.Requested);
        return id;
    }

    public async Task<HttpResponseMessage> GetAsync(string? accept = null, string query = "", string? user = "operator", HttpMethod? method = null, string path = "/rotation")
    {
        using var client = new HttpClient { BaseAddress = Address };
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path + query);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        if (user is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Test", user);
        }

        return await client.SendAsync(request);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
