using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AspNetCore;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>A service that shows its SVID and asks clients for theirs. It answers with who called.</summary>
internal sealed class SpiffeServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SpiffeServer(WebApplication app, LogLines log) => (_app, Log) = (app, log);

    public LogLines Log { get; }

    // No name that its certificate has.
    public Uri Address => new(_app.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal));

    public IRotationLedger Ledger => _app.Services.GetRequiredService<IRotationLedger>();

    public SpiffeTrust Trust => _app.Services.GetRequiredService<SpiffeTrust>();

    public IRotatingCredentialProvider Roots => _app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("roots");

    public string? Serial => TlsCertificate.Parse(_app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("svid").Current).Leaf.SerialNumber;

    public static async Task<SpiffeServer> StartAsync(TestAgent agent, SpiffeMatch clients, TimeSpan? quiet = null)
    {
        var log = new LogLines();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSpiffe(options =>
        {
            options.EndpointSocket = agent.Endpoint;
            options.MinBackoff = TimeSpan.FromMilliseconds(20);
            options.MaxBackoff = TimeSpan.FromMilliseconds(100);
        });
        builder.Services.AddRotatingTls();
        builder.Services.Configure<RotatingCredentialsOptions>(static options => options.OnlyProcess = true);
        builder.Services.AddRotatingCredentials()
            .AddCredential("svid", c => c.FromSpiffe())
            .AddCredential("roots", c => c.FromSpiffeRoots("example.org").Configure(options => options.QuietPeriod = quiet ?? options.QuietPeriod));
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = kestrel.ApplicationServices.GetRequiredService<SpiffeTrust>().AcceptClients(clients);
            https.UseRotatingCertificate(kestrel.ApplicationServices, "svid");
        })));
        var app = builder.Build();
        app.MapGet("/", static (HttpContext context) => SpiffeId.Of(context.Connection.ClientCertificate)?.ToString() ?? "nobody");
        await app.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => log.Count(560) > 0);
        return new SpiffeServer(app, log);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
