using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>
/// A vault and its tenant on loopback, over HTTPS, speaking the data plane's protocol for secrets: challenge, tokens, versions, paging, soft delete,
/// error bodies. Faults are injected by operation.
/// </summary>
public sealed class KeyVaultServer : IAsyncDisposable
{
    private const string Resource = "https://vault.azure.net";

    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2 _foreignCertificate;

    private KeyVaultServer(TimeProvider time)
    {
        Time = time;
        Store = new VaultStore(time);
        Tenant = new EntraTenant(time);
        VaultUri = new Uri($"https://v-{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..16]}.vault.azure.net/");
        _certificate = ServerCertificate.Create("localhost", VaultUri.Host, "login.microsoftonline.com");
        _foreignCertificate = ServerCertificate.Create("elsewhere.example");

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificateSelector = (_, _) => BreaksTls ? _foreignCertificate : _certificate })));
        _app = builder.Build();
        _app.UseRouting();
        new TokenRoutes(this).Map(_app);
        new SecretRoutes(this).Map(_app);
    }

    public TimeProvider Time { get; }

    public VaultStore Store { get; }

    public EntraTenant Tenant { get; }

    public FaultPlan Faults { get; } = new();

    public CallCounter Calls { get; } = new();

    /// <summary>The name that clients use; <see cref="CreateTransport"/> leads it to loopback. A new one for each server, as clients cache challenges by name.</summary>
    public Uri VaultUri { get; }

    public int Port { get; private set; }

    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>Why nobody may read secrets, as the service's inner code, or <see langword="null"/>.</summary>
    public string? Denial { get; set; }

    /// <summary>Whether new connections are shown a certificate for another name.</summary>
    public bool BreaksTls { get; set; }

    /// <summary>The resource that the challenge names.</summary>
    public string ChallengeResource { get; set; } = Resource;

    public static async Task<KeyVaultServer> StartAsync(TimeProvider? time = null)
    {
        var server = new KeyVaultServer(time ?? TimeProvider.System);
        await server._app.StartAsync();
        var address = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Port = new Uri(address).Port;
        return server;
    }

    /// <summary>Leads every host name to this server and trusts its certificate only.</summary>
    public HttpClientTransport CreateTransport(int? port = null) => new(new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port ?? Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == _certificate.GetCertHashString(),
        },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    });

    public async ValueTask DisposeAsync()
    {
        // Requests that are held on purpose must not hold up the end.
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _certificate.Dispose();
        _foreignCertificate.Dispose();
    }

    internal async Task HandleAsync(HttpContext context, VaultOperation operation, Func<Task> handle)
    {
        context.Response.Headers["x-ms-keyvault-region"] = "westeurope";
        context.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        context.Response.Headers["x-ms-client-request-id"] = context.Request.Headers["x-ms-client-request-id"];
        if (await RefuseTokenAsync(context))
        {
            return;
        }

        Calls.Count(operation);
        if (string.IsNullOrEmpty(context.Request.Query["api-version"]))
        {
            await VaultErrors.WriteAsync(context, 400, "BadParameter", "The api-version query parameter is missing.");
        }
        else if (Denial is { } denial)
        {
            await VaultErrors.WriteAsync(context, 403, "Forbidden", $"Caller is not authorized. {Fault.Canary}", denial);
        }
        else if (Faults.Next(operation) is not { } fault || !await fault.Apply(context))
        {
            await handle();
        }
    }

    private async Task<bool> RefuseTokenAsync(HttpContext context)
    {
        var token = context.Request.Headers.Authorization.ToString();
        var refusal = token.StartsWith("Bearer ", StringComparison.Ordinal)
            ? Tenant.Refuse(token["Bearer ".Length..], Resource)
            : "AKV10000: Request is missing a Bearer or PoP token.";
        if (refusal is null)
        {
            return false;
        }

        Calls.CountChallenge();
        context.Response.Headers.WWWAuthenticate = $"Bearer authorization=\"https://login.microsoftonline.com/{Tenant.Id}\", resource=\"{ChallengeResource}\"";
        await VaultErrors.WriteAsync(context, 401, "Unauthorized", refusal);
        return true;
    }
}
