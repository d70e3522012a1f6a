using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>A server that speaks Vault's API of logins and tokens: AppRole, Kubernetes and JWT; a secret of KV version 1 at <c>kv/app</c>, static roles at <c>database/static-creds/app</c> and <c>ldap/static-cred/app</c>, a lease at <c>database/creds/app</c>.</summary>
internal sealed class LoginVault : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, (DateTimeOffset IssuedOn, DateTimeOffset EndsOn)> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JsonObject> _wrapped = new(StringComparer.Ordinal);
    private int _issued;
    private int _leases;

    private LoginVault(WebApplication app, TimeProvider time)
    {
        _app = app;
        _time = time;
        RotatedOn = time.GetUtcNow();
    }

    public Uri Address => new(_app.Urls.First());

    /// <summary>What opens each way in: a secret id, a token of a service account, a JWT.</summary>
    public ConcurrentDictionary<string, string> Accepted { get; } = new(new Dictionary<string, string> { ["approle"] = "secret-id-1", ["kubernetes"] = "account-token-1", ["jwt"] = "jwt-1" });

    public TimeSpan Duration { get; set; } = TimeSpan.FromHours(1);

    public TimeSpan LongestLife { get; set; } = TimeSpan.FromHours(3);

    public bool IsSealed { get; set; }

    /// <summary>What the policy denies, whatever the token.</summary>
    public Func<string, bool> Denies { get; set; } = static _ => false;

    /// <summary>How far the cluster has written, as a node says after a login; <see langword="null"/> where nodes say nothing.</summary>
    public string? Index { get; set; }

    /// <summary>Whether the node that is asked lags behind what its callers say that they need.</summary>
    public bool IsBehind { get; set; }

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>How far the node must be, as each caller said.</summary>
    public ConcurrentQueue<string?> Indices { get; } = new();

    public ConcurrentQueue<string?> Namespaces { get; } = new();

    public IReadOnlyCollection<string> Tokens => [.. _tokens.Keys];

    /// <summary>The password of the static role, and when it was changed last.</summary>
    public string Password { get; private set; } = "password-1";

    public DateTimeOffset RotatedOn { get; private set; }

    public TimeSpan Period { get; set; } = TimeSpan.FromHours(24);

    public static async Task<LoginVault> StartAsync(TimeProvider time, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate, static https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            })));
        }

        var vault = new LoginVault(builder.Build(), time);
        vault._app.Run(vault.AnswerAsync);
        await vault._app.StartAsync();
        return vault;
    }

    public void Rotate(string password) => (Password, RotatedOn) = (password, _time.GetUtcNow());

    /// <summary>Whom the certificate of a login must be of.</summary>
    public string? ClientName { get; set; }

    /// <summary>Says a path that a wrapped answer is from, in place of the right one.</summary>
    public string? WrongPath { get; set; }

    /// <summary>Keeps an answer for who has its token.</summary>
    public string Wrap(JsonObject answer)
    {
        var token = $"hvs.wrapping-{Interlocked.Increment(ref _issued)}";
        _wrapped[token] = answer;
        return token;
    }

    /// <summary>Opens all that is wrapped, as somebody who listens.</summary>
    public void OpenAll() => _wrapped.Clear();

    /// <summary>As an operator does.</summary>
    public void RevokeTokens() => _tokens.Clear();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Replace("/v1/", "", StringComparison.Ordinal);
        Asked.Enqueue(path);
        Indices.Enqueue(context.Request.Headers["X-Vault-Index"]);
        Namespaces.Enqueue(context.Request.Headers["X-Vault-Namespace"]);
        var body = context.Request.ContentLength > 0 ? await JsonSerializer.DeserializeAsync<JsonObject>(context.Request.Body, cancellationToken: context.RequestAborted) : [];
        var token = context.Request.Headers["X-Vault-Token"].ToString();
        await (IsSealed ? ErrorAsync(context, 503, "Vault is sealed")
            : IsBehind && Index is not null && context.Request.Headers["X-Vault-Index"] == Index ? ErrorAsync(context, 412, "required index state not present")
            : path == "sys/wrapping/unwrap" ? (_wrapped.TryRemove(token, out var answer) ? WriteAsync(context, 200, answer) : ErrorAsync(context, 400, "wrapping token is not valid or does not exist"))
            : path.Split('/') is ["auth", var mount, "login"] ? LogInAsync(context, mount, body!)
            : !_tokens.TryGetValue(token, out var life) || life.EndsOn <= _time.GetUtcNow() || Denies(path) ? ErrorAsync(context, 403, "permission denied")
            : UseAsync(context, path, token, life.IssuedOn));
    }

    private Task LogInAsync(HttpContext context, string mount, JsonObject body)
    {
        if (mount == "cert" && ClientName is not null && context.Connection.ClientCertificate?.Subject == $"CN={ClientName}")
        {
            return GiveTokenAsync(context);
        }

        var presented = mount == "approle" && body["role_id"]?.GetValue<string>() == "role-1" ? body["secret_id"]
            : mount != "approle" && body["role"]?.GetValue<string>() == "app" ? body["jwt"]
            : null;
        if (!Accepted.TryGetValue(mount, out var accepted) || presented?.GetValue<string>() != accepted)
        {
            return mount == "approle" ? ErrorAsync(context, 400, "invalid role or secret ID") : ErrorAsync(context, 403, "permission denied");
        }

        return GiveTokenAsync(context);
    }

    private Task GiveTokenAsync(HttpContext context)
    {
        var now = _time.GetUtcNow();
        var token = $"hvs.token-{Interlocked.Increment(ref _issued)}";
        _tokens[token] = (now, now + Duration);
        if (Index is { } index)
        {
            context.Response.Headers["X-Vault-Index"] = index;
        }

        return TokenAsync(context, token, Duration);
    }

    private Task UseAsync(HttpContext context, string path, string token, DateTimeOffset issuedOn)
    {
        var now = _time.GetUtcNow();
        switch (path)
        {
            case "auth/token/renew-self":
                var left = issuedOn + LongestLife - now;
                var granted = left < Duration ? left : Duration;
                _tokens[token] = (issuedOn, now + granted);
                return TokenAsync(context, token, granted);
            case "auth/token/lookup-self":
                return ReplyAsync(context, new JsonObject { ["ttl"] = (int)(_tokens[token].EndsOn - now).TotalSeconds });
            case "auth/token/revoke-self":
                _tokens.TryRemove(token, out _);
                context.Response.StatusCode = 204;
                return Task.CompletedTask;
            case "kv/app":
                return ReplyAsync(context, new JsonObject { ["value"] = "the-value" });
            case "database/creds/app":
                return ReplyAsync(context, new JsonObject { ["username"] = "v-app", ["password"] = "one" }, $"database/creds/app/lease-{Interlocked.Increment(ref _leases)}", 7200);
            case "sys/leases/lookup" or "sys/leases/renew":
                return ReplyAsync(context, new JsonObject { ["ttl"] = 7200 }, "database/creds/app/lease", 7200);
            case "database/static-creds/app":
                return ReplyAsync(context, new JsonObject
                {
                    ["last_vault_rotation"] = RotatedOn.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture),
                    ["password"] = Password,
                    ["rotation_period"] = (int)Period.TotalSeconds,
                    ["ttl"] = Math.Max(0, (int)(RotatedOn + Period - now).TotalSeconds),
                    ["username"] = "app",
                });
            case "ldap/static-cred/app":
                return ReplyAsync(context, new JsonObject
                {
                    ["dn"] = "cn=app,ou=users,dc=example,dc=com",
                    ["last_password"] = "password-0",
                    ["last_vault_rotation"] = RotatedOn.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture),
                    ["password"] = Password,
                    ["rotation_period"] = (int)Period.TotalSeconds,
                    ["ttl"] = Math.Max(0, (int)(RotatedOn + Period - now).TotalSeconds),
                    ["username"] = "app",
                });
            default:
                return ErrorAsync(context, 404);
        }
    }

    private static Task TokenAsync(HttpContext context, string token, TimeSpan duration) => WriteAsync(context, 200, new JsonObject
    {
        ["data"] = null,
        ["auth"] = new JsonObject { ["client_token"] = token, ["accessor"] = "accessor", ["policies"] = new JsonArray("default", "app"), ["lease_duration"] = (int)duration.TotalSeconds, ["renewable"] = true },
    });

    private Task ReplyAsync(HttpContext context, JsonObject data, string leaseId = "", int duration = 0)
    {
        var answer = new JsonObject { ["lease_id"] = leaseId, ["renewable"] = leaseId.Length > 0, ["lease_duration"] = duration, ["data"] = data, ["auth"] = null, ["wrap_info"] = null };
        var seconds = context.Request.Headers["X-Vault-Wrap-TTL"].ToString();
        return seconds.Length == 0 ? WriteAsync(context, 200, answer) : WriteAsync(context, 200, new JsonObject
        {
            ["data"] = null,
            ["wrap_info"] = new JsonObject { ["token"] = Wrap(answer), ["ttl"] = int.Parse(seconds.TrimEnd('s'), CultureInfo.InvariantCulture), ["creation_path"] = WrongPath ?? context.Request.Path.Value!.Replace("/v1/", "", StringComparison.Ordinal) },
        });
    }

    private static Task ErrorAsync(HttpContext context, int status, params string[] errors) =>
        WriteAsync(context, status, new JsonObject { ["errors"] = new JsonArray([.. errors.Select(static error => JsonValue.Create(error))]) });

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
