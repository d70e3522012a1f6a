using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Tests.Http;

/// <summary>A real server on a free loopback port, that answers as the test says and remembers what it received.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    public static readonly Lazy<X509Certificate2> Certificate = new(static () =>
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    });

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedRequest> _requests;

    private LoopbackServer(WebApplication app, ConcurrentQueue<ReceivedRequest> requests)
    {
        _app = app;
        _requests = requests;
        Address = new Uri(app.Services.GetRequiredService<IServer>()
            .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
    }

    public Uri Address { get; }

    public IReadOnlyList<ReceivedRequest> Requests => [.. _requests];

    /// <summary>Starts a server that answers 200 to everything.</summary>
    public static Task<LoopbackServer> StartAsync() => StartAsync(static (_, _) => Results.Ok());

    public static Task<LoopbackServer> StartAsync(Func<ReceivedRequest, IResult> answer, bool https = false) =>
        StartAsync((request, _) => answer(request), https);

    public static async Task<LoopbackServer> StartAsync(Func<ReceivedRequest, int, IResult> answer, bool https = false)
    {
        var requests = new ConcurrentQueue<ReceivedRequest>();
        var count = 0;
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (https)
            {
                listen.UseHttps(Certificate.Value);
            }
        }));
        var app = builder.Build();
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var request = new ReceivedRequest(
                context.Request.Method,
                context.Request.Path.Value!,
                context.Request.QueryString.Value!,
                context.Request.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                await reader.ReadToEndAsync(context.RequestAborted),
                context.Request.Protocol);
            requests.Enqueue(request);
            await answer(request, Interlocked.Increment(ref count)).ExecuteAsync(context);
        });
        await app.StartAsync();
        return new LoopbackServer(app, requests);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
