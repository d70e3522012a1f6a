using System.Collections.Concurrent;
using System.Net;
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
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsParameterStore.Tests.Server;

/// <summary>
/// AWS Parameter Store on a loopback port: AWS JSON 1.1, verified signatures, history, labels and policies, and faults on demand. One server is all regions: a
/// request belongs to the region it was signed for.
/// </summary>
internal sealed class ParameterStoreServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ParameterStore> _regions = new(StringComparer.Ordinal);
    private readonly SignatureVerifier _signatures = new(TimeProvider.System, "ssm");

    private ParameterStoreServer(WebApplication app)
    {
        _app = app;
        _signatures.Identities.Add(SecretsManagerServer.DefaultIdentity.KeyId, SecretsManagerServer.DefaultIdentity);
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>The service's clock for its parameters; that of signatures stays right.</summary>
    public ServerClock Clock { get; } = new();

    public ConcurrentQueue<RecordedCall> Calls { get; } = new();

    /// <summary>Chooses a fault for a call, or none.</summary>
    public Func<RecordedCall, Fault?> Faults { get; set; } = _ => null;

    public static async Task<ParameterStoreServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new ParameterStoreServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        server.Address = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    /// <summary>An operation without the network, for setting the scene; it is not recorded.</summary>
    public JsonObject Do(string operation, object input, string region = "eu-west-1")
    {
        lock (_gate)
        {
            return Region(region).Handle(operation, JsonSerializer.SerializeToNode(input)!.AsObject());
        }
    }

    public int Put(string name, string value, string type = "SecureString", string? policies = null) =>
        Do("PutParameter", new { Name = name, Value = value, Type = type, Overwrite = true, Policies = policies })["Version"]!.GetValue<int>();

    public void Label(string name, int version, params string[] labels) => Do("LabelParameterVersion", new { Name = name, ParameterVersion = version, Labels = labels });

    public ParameterStore Region(string region = "eu-west-1")
    {
        if (!_regions.TryGetValue(region, out var store))
        {
            _regions.Add(region, store = new ParameterStore(region, SecretsManagerServer.Account, Clock));
        }

        return store;
    }

    /// <summary>How many calls came of each operation, such as <c>GetParameterHistory 2, GetParameters 1</c>.</summary>
    public string Counts() =>
        string.Join(", ", Calls.GroupBy(call => call.Operation).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Key} {group.Count()}"));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = buffer.ToArray();
        context.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        try
        {
            var operation = Operation(context.Request);
            var region = _signatures.Verify(context.Request, body);
            var call = new RecordedCall(operation, context.Request.Host.Host, region, Encoding.UTF8.GetString(body));
            Calls.Enqueue(call);
            if (Faults(call) is { } fault)
            {
                await fault.AnswerAsync(context);
                return;
            }

            lock (_gate)
            {
                call.Response = Region(region).Handle(operation, JsonNode.Parse(body)!.AsObject()).ToJsonString();
            }

            await Fault.Raw(200, call.Response).AnswerAsync(context);
        }
        catch (ServiceError error)
        {
            await Fault.Raw(error.Status, new JsonObject { ["__type"] = error.Type, ["Message"] = error.Message }.ToJsonString()).AnswerAsync(context);
        }
    }

    private static string Operation(HttpRequest request)
    {
        const string Prefix = "AmazonSSM.";
        var target = request.Headers["X-Amz-Target"].ToString();
        return request.Method == "POST" && request.ContentType == "application/x-amz-json-1.1" && target.StartsWith(Prefix, StringComparison.Ordinal)
            ? target[Prefix.Length..]
            : throw new ServiceError("UnknownOperationException", string.Empty, 404);
    }
}
