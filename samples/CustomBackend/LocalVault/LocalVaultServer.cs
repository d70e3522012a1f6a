using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CustomBackend.LocalVault;

/// <summary>A server on the loopback interface that speaks the part of Vault's KV API that the sample needs, so that it runs anywhere.</summary>
public sealed class LocalVaultServer : IAsyncDisposable
{
    public const string Token = "local-root-token";
    public const string Mount = "secret";

    /// <summary>Where an engine of version 1 is.</summary>
    public const string FirstMount = "kv";

    private readonly WebApplication _app;
    private readonly KvStore _store;
    private readonly ConcurrentDictionary<string, string> _first = new(StringComparer.Ordinal);

    private LocalVaultServer(WebApplication app, KvStore store)
    {
        _app = app;
        _store = store;
    }

    public Uri Address => new(_app.Urls.First());

    /// <summary>While true every call is answered as a sealed Vault does.</summary>
    public bool IsSealed { get; set; }

    /// <summary>The namespace header of the last call.</summary>
    public string? LastNamespace { get; private set; }

    public static async Task<LocalVaultServer> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new LocalVaultServer(builder.Build(), new KvStore(time));
        server._app.Use(server.GuardAsync);
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        LastNamespace = context.Request.Headers["X-Vault-Namespace"];
        if (IsSealed)
        {
            await ErrorAsync(context, 503, "Vault is sealed");
        }
        else if (context.Request.Headers["X-Vault-Token"] != Token)
        {
            await ErrorAsync(context, 403, "permission denied");
        }
        else
        {
            await next(context);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        // /v1/mount/path, or /v1/mount/operation/path
        var parts = context.Request.Path.Value!.Split('/', 5);
        if (parts is ["", "v1", FirstMount, ..])
        {
            await AnswerFirstAsync(context, string.Join('/', parts[3..]));
            return;
        }

        if (parts is not ["", "v1", Mount, var operation, { Length: > 0 } path])
        {
            await ErrorAsync(context, 404, $"no handler for route \"{context.Request.Path.Value}\"");
            return;
        }

        // Vault takes both for a write.
        var method = HttpMethods.IsPut(context.Request.Method) ? HttpMethods.Post : context.Request.Method;
        var body = method != HttpMethods.Post ? null : await JsonSerializer.DeserializeAsync(context.Request.Body, LocalVaultJson.Default.JsonObject, context.RequestAborted);
        var (status, data) = (operation, method) switch
        {
            ("metadata", "GET") => _store.ReadMetadata(path),
            ("metadata", "DELETE") => _store.Forget(path),
            ("metadata", "POST") => _store.WriteMetadata(path, body!),
            ("data", "GET") => _store.Read(path, int.TryParse(context.Request.Query["version"], out var version) ? version : 0),
            ("data", "POST") => _store.Write(path, body!),
            ("delete", "POST") => _store.Change(path, body!, KvVersion.Delete),
            ("destroy", "POST") => _store.Change(path, body!, KvVersion.Destroy),
            _ => (405, null),
        };
        await ReplyAsync(context, status, data);
    }

    private async Task AnswerFirstAsync(HttpContext context, string path)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await ReplyAsync(context, _first.TryGetValue(path, out var text) ? 200 : 404, text is null ? null : (JsonObject)JsonNode.Parse(text)!);
            return;
        }

        var body = HttpMethods.IsDelete(context.Request.Method) ? null : await JsonSerializer.DeserializeAsync(context.Request.Body, LocalVaultJson.Default.JsonObject, context.RequestAborted);
        if (body is null)
        {
            _first.TryRemove(path, out _);
        }
        else
        {
            _first[path] = body.ToJsonString();
        }

        await ReplyAsync(context, 204, null);
    }

    // Deleted versions are a 404 with data; what was never there is a 404 with an empty list of errors.
    private static Task ReplyAsync(HttpContext context, int status, JsonObject? data)
    {
        if (status == 204)
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }

        return data is null ? ErrorAsync(context, status) : WriteAsync(context, status, new JsonObject
        {
            ["request_id"] = Guid.NewGuid().ToString(),
            ["lease_id"] = "",
            ["renewable"] = false,
            ["lease_duration"] = 0,
            ["data"] = data,
            ["wrap_info"] = null,
            ["warnings"] = null,
            ["auth"] = null,
            ["mount_type"] = "kv",
        });
    }

    private static Task ErrorAsync(HttpContext context, int status, params string[] errors) =>
        WriteAsync(context, status, new JsonObject { ["errors"] = new JsonArray([.. errors.Select(error => JsonValue.Create(error))]) });

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
