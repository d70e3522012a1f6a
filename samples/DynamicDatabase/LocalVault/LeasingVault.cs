using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DynamicDatabase.LocalVault;

/// <summary>A server on the loopback interface that speaks Vault's API of leases: <c>creds</c> of any engine, such as <c>database/creds</c>, and <c>sys/leases</c> to look one up, renew and revoke it.</summary>
internal sealed class LeasingVault : IAsyncDisposable
{
    public const string Token = "local-root-token";

    private readonly WebApplication _app;

    private LeasingVault(WebApplication app, LeaseEngine engine)
    {
        _app = app;
        Engine = engine;
    }

    public LeaseEngine Engine { get; }

    public Uri Address => new(_app.Urls.First());

    /// <summary>While true every call is answered as a sealed Vault does.</summary>
    public bool IsSealed { get; set; }

    /// <summary>Paths that the token may not use.</summary>
    public Func<string, bool> Forbids { get; set; } = static _ => false;

    /// <summary>What was asked, in order: the path without <c>/v1/</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public static async Task<LeasingVault> StartAsync(LeaseEngine engine)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var vault = new LeasingVault(builder.Build(), engine);
        vault._app.Run(vault.AnswerAsync);
        await vault._app.StartAsync();
        return vault;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Replace("/v1/", "", StringComparison.Ordinal);
        Asked.Enqueue(path);
        return IsSealed ? ErrorAsync(context, 503, "Vault is sealed")
            : context.Request.Headers["X-Vault-Token"] != Token || Forbids(path) ? ErrorAsync(context, 403, "permission denied")
            : path.Split('/') switch
            {
                [_, "creds", var role] => MakeAsync(context, role, path),
                ["sys", "leases", var what] when !HttpMethods.IsGet(context.Request.Method) => UseAsync(context, what),
                _ => ErrorAsync(context, 404),
            };
    }

    private async Task MakeAsync(HttpContext context, string role, string path)
    {
        if (await Engine.MakeAsync(role, path) is not { } lease)
        {
            await ErrorAsync(context, 400, $"unknown role: {role}");
            return;
        }

        await ReplyAsync(context, (int)Engine.Duration.TotalSeconds, lease.Id, lease.Data.DeepClone());
    }

    private async Task UseAsync(HttpContext context, string what)
    {
        var body = (await JsonSerializer.DeserializeAsync<JsonObject>(context.Request.Body, cancellationToken: context.RequestAborted))!;
        var id = body["lease_id"]!.GetValue<string>();
        var lease = Engine.Find(id);
        switch (what)
        {
            case "revoke":
                await Engine.EndAsync(id);
                context.Response.StatusCode = 204;
                break;
            case "lookup" when lease is null:
                await ErrorAsync(context, 400, "invalid lease");
                break;
            case "lookup":
                await ReplyAsync(context, 0, "", new JsonObject { ["id"] = id, ["renewable"] = Engine.IsRenewable, ["ttl"] = (int)(lease!.ExpiresOn - DateTimeOffset.UnixEpoch).TotalSeconds });
                break;
            case "renew" when lease is null:
                await ErrorAsync(context, 400, "lease not found");
                break;
            case "renew" when !Engine.IsRenewable:
                await ErrorAsync(context, 400, "lease is not renewable");
                break;
            case "renew":
                await ReplyAsync(context, Engine.Renew(lease!, TimeSpan.FromSeconds(body["increment"]?.GetValue<int>() ?? 0)), id, null);
                break;
            default:
                await ErrorAsync(context, 404);
                break;
        }
    }

    private Task ReplyAsync(HttpContext context, int seconds, string leaseId, JsonNode? data) => WriteAsync(context, 200, new JsonObject
    {
        ["request_id"] = Guid.NewGuid().ToString(),
        ["lease_id"] = leaseId,
        ["renewable"] = leaseId.Length > 0 && Engine.IsRenewable,
        ["lease_duration"] = seconds,
        ["data"] = data,
        ["wrap_info"] = null,
        ["warnings"] = null,
        ["auth"] = null,
    });

    private static Task ErrorAsync(HttpContext context, int status, params string[] errors) =>
        WriteAsync(context, status, new JsonObject { ["errors"] = new JsonArray([.. errors.Select(static error => JsonValue.Create(error))]) });

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
