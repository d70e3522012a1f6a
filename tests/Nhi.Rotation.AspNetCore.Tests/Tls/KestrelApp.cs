using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Tls;

/// <summary>A real server on loopback that serves the certificate "tls" and asks clients for one, and a client whose certificate is "mtls".</summary>
internal sealed class KestrelApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private KestrelApp(WebApplication app, TestAuthority authority, FakeCredentialBackend backend, ConcurrentDictionary<string, bool> clients, LogLines log)
    {
        (_app, Authority, Backend, Clients, Log) = (app, authority, backend, clients, log);
    }

    public TestAuthority Authority { get; }

    public FakeCredentialBackend Backend { get; }

    /// <summary>Subjects of the certificates that clients showed.</summary>
    public ConcurrentDictionary<string, bool> Clients { get; }

    public LogLines Log { get; }

    public Uri Address => new(_app.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal));

    /// <summary>Lets the answers of <c>/slow</c> end, which have begun.</summary>
    public TaskCompletionSource Release { get; private init; } = new();

    public IServiceProvider Services => _app.Services;

    public IRotationLedger Ledger => Services.GetRequiredService<IRotationLedger>();

    /// <summary>Told of each object that a handshake presents.</summary>
    public Action<WeakReference>? Contexts { get; set; }

    public static async Task<KestrelApp> StartAsync(
        Action<ListenOptions>? listen = null, TimeSpan? drain = null, Action<KestrelServerOptions, TestAuthority>? defaults = null)
    {
        KestrelApp? started = null;
        var authority = new TestAuthority();
        var backend = new FakeCredentialBackend(TimeProvider.System);
        backend.Add("tls", authority.IssuePem());
        backend.Add("mtls", authority.IssuePem("client"));
        backend.Add("other", authority.IssuePem("other.example.com"));
        var clients = new ConcurrentDictionary<string, bool>();
        var log = new LogLines();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddRotatingTls(tls => tls.DrainTime = drain ?? TimeSpan.FromSeconds(4));
        var credentials = builder.Services.AddRotatingCredentials();
        foreach (var name in new[] { "tls", "mtls", "other" })
        {
            credentials.AddCredential(name, c => c.UseBackend(name, _ => backend).AsCertificate().Configure(options => options.QuietPeriod = TimeSpan.Zero));
        }

        builder.Services.AddHttpClient("peer").AddRotatingClientCertificate("mtls", handler =>
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, _) => authority.Trusts(certificate, chain));
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            defaults?.Invoke(kestrel, authority);
            kestrel.Listen(IPAddress.Loopback, 0, listen ?? (endpoint => endpoint.UseHttps(https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = (certificate, chain, _) => authority.Trusts(certificate, chain);
                https.OnAuthenticate = (_, options) => started?.Contexts?.Invoke(new WeakReference(options.ServerCertificateContext));
                https.UseRotatingCertificate(kestrel.ApplicationServices, "tls");
            })));
        });
        var app = builder.Build();
        app.MapGet("/", (HttpContext context) =>
        {
            clients[context.Connection.ClientCertificate?.Subject ?? "none"] = true;
            return context.Request.Protocol;
        });
        app.MapPost("/echo", (HttpContext context) => context.Request.Body.CopyToAsync(context.Response.Body));
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.MapGet("/slow", async (HttpContext context) =>
        {
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            await release.Task;
            await context.Response.WriteAsync("late");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return started = new KestrelApp(app, authority, backend, clients, log) { Release = release };
    }

    public IRotatingCredentialProvider Provider(string name) => Services.GetRequiredKeyedService<IRotatingCredentialProvider>(name);

    public async Task RotateAsync(string name, string host = "localhost")
    {
        Backend.Add(name, Authority.IssuePem(host));
        await Provider(name).RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
    }

    /// <summary>A client of its own, with the version of HTTP.</summary>
    public HttpClient NewClient(Version version) => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, chain, _) => Authority.Trusts(certificate, chain) },
    })
    {
        BaseAddress = Address,
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public int Held(string name, string versionId, string consumer) => Ledger.GetUses(name)
        .Where(use => use.VersionId == versionId && use.Consumer == consumer).Sum(use => use.Held);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Authority.Dispose();
    }
}
