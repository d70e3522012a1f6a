using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Server;

/// <summary>
/// AWS Secrets Manager on a loopback port: AWS JSON 1.1, verified signatures, the rules of staging labels, and faults on demand. One server is all
/// regions: a request belongs to the region it was signed for, which must be the one its host names.
/// </summary>
internal sealed class SecretsManagerServer : IAsyncDisposable
{
    public const string Account = "123456789012";
    public static readonly TestIdentity DefaultIdentity = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SecretStore> _regions = new(StringComparer.Ordinal);
    private readonly ServerClock _clock = new();

    private SecretsManagerServer(WebApplication app)
    {
        _app = app;
        Signatures = new SignatureVerifier(_clock);
        Signatures.Identities.Add(DefaultIdentity.KeyId, DefaultIdentity);
    }

    public Uri Address { get; private set; } = null!;

    public SignatureVerifier Signatures { get; }

    public ConcurrentQueue<RecordedCall> Calls { get; } = new();

    /// <summary>Chooses a fault for a call, or none.</summary>
    public Func<RecordedCall, Fault?> Faults { get; set; } = _ => null;

    /// <summary>How far the server's clock is ahead.</summary>
    public TimeSpan ClockOffset
    {
        get => _clock.Offset;
        set => _clock.Offset = value;
    }

    public static async Task<SecretsManagerServer> StartAsync(bool tls = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (tls)
            {
                listen.UseHttps(SelfSigned());
            }
        }));
        var server = new SecretsManagerServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        server.Address = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    /// <summary>An operation without the network, for setting the scene; it is not recorded.</summary>
    public JsonObject Do(string operation, object input, string region = "eu-west-1")
    {
        using var document = JsonDocument.Parse(JsonSerializer.Serialize(input));
        lock (_gate)
        {
            return Region(region).Handle(operation, document.RootElement);
        }
    }

    public StoredSecret Secret(string id, string region = "eu-west-1")
    {
        lock (_gate)
        {
            return Region(region).Find(id);
        }
    }

    /// <summary>How many calls came of each operation, such as <c>DescribeSecret 2, GetSecretValue 1</c>.</summary>
    public string Counts() =>
        string.Join(", ", Calls.GroupBy(call => call.Operation).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Key} {group.Count()}"));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = buffer.ToArray();
        context.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        context.Response.Headers.Date = _clock.GetUtcNow().ToString("R");
        try
        {
            var operation = Operation(context.Request);
            var region = Signatures.Verify(context.Request, body);
            CheckHost(context.Request.Host.Host, region);
            var call = new RecordedCall(operation, context.Request.Host.Host, region, Encoding.UTF8.GetString(body));
            Calls.Enqueue(call);
            if (Faults(call) is { } fault)
            {
                await fault.AnswerAsync(context);
                return;
            }

            CheckPermission(context.Request, operation);
            call.Response = Handle(operation, region, body);
            await Fault.Raw(200, call.Response).AnswerAsync(context);
        }
        catch (ServiceError error)
        {
            var text = new JsonObject { ["__type"] = error.Type, ["Message"] = error.Message }.ToJsonString();
            await Fault.Raw(error.Status, text).AnswerAsync(context);
        }
    }

    private static string Operation(HttpRequest request)
    {
        const string Prefix = "secretsmanager.";
        var target = request.Headers["X-Amz-Target"].ToString();
        return request.Method == "POST" && request.ContentType == "application/x-amz-json-1.1" && target.StartsWith(Prefix, StringComparison.Ordinal)
            ? target[Prefix.Length..]
            : throw new ServiceError("UnknownOperationException", string.Empty, 404);
    }

    private static void CheckHost(string host, string region)
    {
        if (host.Contains("amazonaws", StringComparison.Ordinal) && !host.Split('.').Contains(region))
        {
            throw new ServiceError("InvalidSignatureException", $"Credential should be scoped to a valid region, not '{region}'.");
        }
    }

    private void CheckPermission(HttpRequest request, string operation)
    {
        var key = request.Headers.Authorization.ToString().Split('=', 2)[1].Split('/')[0];
        if (Signatures.Identities[key].Denied.Contains("secretsmanager:" + operation))
        {
            throw new ServiceError("AccessDeniedException", $"User: arn:aws:iam::{Account}:user/app is not authorized to perform: secretsmanager:{operation}");
        }
    }

    private string Handle(string operation, string region, byte[] body)
    {
        using var document = Parse(body);
        lock (_gate)
        {
            return Region(region).Handle(operation, document.RootElement).ToJsonString();
        }
    }

    private static JsonDocument Parse(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            throw new ServiceError("SerializationException", string.Empty);
        }
    }

    private SecretStore Region(string region)
    {
        if (!_regions.TryGetValue(region, out var store))
        {
            _regions.Add(region, store = new SecretStore(region, Account, _clock));
        }

        return store;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
