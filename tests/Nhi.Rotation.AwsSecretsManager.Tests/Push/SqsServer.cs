using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Push;

/// <summary>Amazon SQS with one queue on a loopback port: AWS JSON 1.0, verified signatures, long polling, messages that are invisible until they are told to come back.</summary>
internal sealed class SqsServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<StoredMessage> _messages = [];
    private readonly SignatureVerifier _signatures = new(TimeProvider.System, "sqs");
    private TaskCompletionSource _arrived = new();

    private SqsServer(WebApplication app)
    {
        _app = app;
        _signatures.Identities.Add(SecretsManagerServer.DefaultIdentity.KeyId, SecretsManagerServer.DefaultIdentity);
    }

    public Uri Address { get; private set; } = null!;

    public Uri Queue => new(Address, $"/{SecretsManagerServer.Account}/orders-1");

    public ConcurrentQueue<RecordedCall> Calls { get; } = new();

    /// <summary>Chooses an error for an operation, or none.</summary>
    public Func<string, ServiceError?> Faults { get; set; } = _ => null;

    /// <summary>How many of the next deletions fail, one by one.</summary>
    public int FailDeletes { get; set; }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _messages.Count;
            }
        }
    }

    public static async Task<SqsServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new SqsServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        server.Address = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    public string Send(string body)
    {
        var message = new StoredMessage(Guid.NewGuid().ToString(), body);
        lock (_gate)
        {
            _messages.Add(message);
            _arrived.TrySetResult();
        }

        return message.Id;
    }

    /// <summary>The visibility timeout of all messages is over.</summary>
    public void ReturnAll()
    {
        lock (_gate)
        {
            _messages.ForEach(message => message.Receipt = null);
            _arrived.TrySetResult();
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = buffer.ToArray();
        context.Response.ContentType = "application/x-amz-json-1.0";
        context.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        try
        {
            var operation = Operation(context.Request);
            var region = _signatures.Verify(context.Request, body);
            var call = new RecordedCall(operation, context.Request.Host.Host, region, Encoding.UTF8.GetString(body));
            Calls.Enqueue(call);
            if (Faults(operation) is { } fault)
            {
                throw fault;
            }

            call.Response = (await HandleAsync(operation, JsonNode.Parse(body)!.AsObject(), context.RequestAborted)).ToJsonString();
            await context.Response.WriteAsync(call.Response, context.RequestAborted);
        }
        catch (ServiceError error)
        {
            context.Response.StatusCode = error.Status;
            context.Response.Headers["x-amzn-query-error"] = $"{error.Type};Sender";
            await context.Response.WriteAsync(new JsonObject { ["__type"] = $"com.amazonaws.sqs#{error.Type}", ["message"] = error.Message }.ToJsonString(), context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client hung up while it waited.
        }
    }

    private static string Operation(HttpRequest request)
    {
        const string Prefix = "AmazonSQS.";
        var target = request.Headers["X-Amz-Target"].ToString();
        return request.Method == "POST" && request.ContentType == "application/x-amz-json-1.0" && target.StartsWith(Prefix, StringComparison.Ordinal)
            ? target[Prefix.Length..]
            : throw new ServiceError("UnknownOperationException", string.Empty, 404);
    }

    private async Task<JsonObject> HandleAsync(string operation, JsonObject input, CancellationToken ct)
    {
        if (new Uri(input["QueueUrl"]!.GetValue<string>()).AbsolutePath != Queue.AbsolutePath)
        {
            throw new ServiceError("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.");
        }

        return operation switch
        {
            "SendMessage" => new JsonObject { ["MessageId"] = Send(input["MessageBody"]!.GetValue<string>()), ["MD5OfMessageBody"] = Md5(input["MessageBody"]!.GetValue<string>()) },
            "ReceiveMessage" => await ReceiveAsync(input["MaxNumberOfMessages"]?.GetValue<int>() ?? 1, TimeSpan.FromSeconds(input["WaitTimeSeconds"]?.GetValue<int>() ?? 0), ct),
            "DeleteMessageBatch" => Delete(input["Entries"]!.AsArray()),
            _ => throw new ServiceError("UnknownOperationException", string.Empty, 404),
        };
    }

    private async Task<JsonObject> ReceiveAsync(int max, TimeSpan wait, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(wait);
        while (true)
        {
            Task arrived;
            lock (_gate)
            {
                var found = _messages.Where(message => message.Receipt is null).Take(max).ToArray();
                if (found.Length > 0 || limit.IsCancellationRequested)
                {
                    return found.Length == 0 ? [] : new JsonObject { ["Messages"] = new JsonArray([.. found.Select(message => message.Receive())]) };
                }

                _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrived = _arrived.Task;
            }

            await Task.WhenAny(arrived, Task.Delay(Timeout.Infinite, limit.Token));
            ct.ThrowIfCancellationRequested();
        }
    }

    private JsonObject Delete(JsonArray entries)
    {
        var (deleted, failed) = (new JsonArray(), new JsonArray());
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                var (id, receipt) = (entry!["Id"]!.GetValue<string>(), entry["ReceiptHandle"]!.GetValue<string>());
                if (FailDeletes > 0)
                {
                    FailDeletes--;
                    failed.Add(new JsonObject { ["Id"] = id, ["SenderFault"] = false, ["Code"] = "InternalError", ["Message"] = Fault.Canary });
                }
                else if (!Guid.TryParse(receipt, out _))
                {
                    failed.Add(new JsonObject { ["Id"] = id, ["SenderFault"] = true, ["Code"] = "ReceiptHandleIsInvalid", ["Message"] = "The input receipt handle is invalid." });
                }
                else
                {
                    _messages.RemoveAll(message => message.Receipt == receipt);
                    deleted.Add(new JsonObject { ["Id"] = id });
                }
            }
        }

        return new JsonObject { ["Successful"] = deleted, ["Failed"] = failed };
    }

#pragma warning disable CA5351 // The protocol's checksum, which clients compare; not for security.
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351

    private sealed record StoredMessage(string Id, string Body)
    {
        public string? Receipt { get; set; }

        public JsonNode Receive()
        {
            Receipt = Guid.NewGuid().ToString();
            return new JsonObject { ["MessageId"] = Id, ["ReceiptHandle"] = Receipt, ["MD5OfBody"] = Md5(Body), [nameof(Body)] = Body };
        }
    }
}
