using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.GoogleSecretManager.Api;

namespace Nhi.Rotation.GoogleSecretManager.Tests.Server;

/// <summary>Google Secret Manager's REST API on a loopback port: secrets with aliases and annotations, versions with states, pages, checksums, bearer tokens, and faults on demand.</summary>
internal sealed partial class SecretManagerServer : IAsyncDisposable
{
    public const string Token = "ya29.test-token";

    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredSecret> _secrets = new(StringComparer.Ordinal);

    private SecretManagerServer(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    /// <summary>What was asked, such as <c>GET projects/p/secrets/s</c>.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Answers a call in the server's place, or does not.</summary>
    public Func<string, Func<HttpContext, Task>?> Faults { get; set; } = _ => null;

    public static async Task<SecretManagerServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new SecretManagerServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        server.Address = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    public StoredSecret this[string name]
    {
        get
        {
            lock (_gate)
            {
                return _secrets[name];
            }
        }
    }

    /// <summary>Adds a version, and the secret if there is none.</summary>
    public long Add(string name, byte[] data)
    {
        lock (_gate)
        {
            if (!_secrets.TryGetValue(name, out var secret))
            {
                _secrets.Add(name, secret = new StoredSecret(name, new JsonObject { ["replication"] = new JsonObject { ["automatic"] = new JsonObject() }, ["createTime"] = DateTime.UtcNow.ToString("O") }));
            }

            var last = secret.Versions.LastOrDefault();
            var now = DateTimeOffset.UtcNow;
            secret.Versions.Add(new StoredVersion((last?.Number ?? 0) + 1, data, now > last?.CreatedOn || last is null ? now : last.CreatedOn.AddTicks(10)));
            return secret.Versions[^1].Number;
        }
    }

    public void Remove(string name)
    {
        lock (_gate)
        {
            _secrets.Remove(name);
        }
    }

    public void Alias(string name, string alias, long version) => Set(name, "versionAliases", alias, version.ToString(CultureInfo.InvariantCulture));

    public void Annotate(string name, string key, string value) => Set(name, "annotations", key, value);

    public string Counts() =>
        string.Join(", ", Calls.Select(call => call.EndsWith(":access", StringComparison.Ordinal) ? "access" : call.Contains("/versions", StringComparison.Ordinal) ? "list" : "get").GroupBy(kind => kind).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Key} {group.Count()}"));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>What the token endpoint answers: a token for a service account's signed assertion, unless it is to refuse.</summary>
    public Func<HttpContext, Task> Tokens { get; set; } = Answer(200, $$"""{"access_token":"{{Token}}","expires_in":3600,"token_type":"Bearer"}""");

    public static Func<HttpContext, Task> Answer(int status, string body, string? retryAfter = null) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        await context.Response.WriteAsync(body, context.RequestAborted);
    };

    public static Func<HttpContext, Task> Fail(int status, string message = GoogleError.Canary, string? retryAfter = null) =>
        Answer(status, new JsonObject { ["error"] = new JsonObject { ["code"] = status, ["message"] = message, ["status"] = "X" } }.ToJsonString(), retryAfter);

    private void Set(string name, string map, string key, string value)
    {
        lock (_gate)
        {
            var about = _secrets[name].About;
            (about[map] ??= new JsonObject())[key] = value;
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/token")
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            var isAssertion = form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" && form["assertion"].ToString().Split('.').Length == 3;
            await (isAssertion ? Tokens : Answer(400, """{"error":"invalid_request"}"""))(context);
            return;
        }

        var call = $"{context.Request.Method} {context.Request.Path.Value!["/v1/".Length..]}";
        Calls.Enqueue(call);
        try
        {
            if (Faults(call) is { } fault)
            {
                await fault(context);
                return;
            }

            if (context.Request.Headers.Authorization != "Bearer " + Token)
            {
                throw new GoogleError(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
            }

            using var reader = new StreamReader(context.Request.Body);
            var text = await reader.ReadToEndAsync(context.RequestAborted);
            JsonObject answer;
            lock (_gate)
            {
                answer = Handle(context.Request, call, text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject());
            }

            await Answer(200, answer.ToJsonString())(context);
        }
        catch (GoogleError error)
        {
            var body = new JsonObject { ["error"] = new JsonObject { ["code"] = error.Code, ["message"] = error.Message, ["status"] = error.Status } };
            await Answer(error.Code, body.ToJsonString())(context);
        }
    }

    private JsonObject Handle(HttpRequest request, string call, JsonObject input)
    {
        var parts = Call().Match(call);
        if (!parts.Success)
        {
            throw new GoogleError(404, "NOT_FOUND", "Not Found");
        }

        var (parent, id, which, verb) = (parts.Groups["parent"].Value, parts.Groups["id"].Value, parts.Groups["version"].Value, parts.Groups["verb"].Value);
        if (id.Length == 0)
        {
            return Create($"{parent}/secrets/{request.Query["secretId"]}", input);
        }

        var secret = _secrets.GetValueOrDefault($"{parent}/secrets/{id}") ?? throw GoogleError.NotFound(call);
        return (request.Method, parts.Groups["versions"].Success, verb) switch
        {
            ("GET", false, "") => secret.Describe(),
            ("PATCH", false, "") => Update(secret, input, request.Query["updateMask"].ToString()),
            ("DELETE", false, "") => Delete(secret),
            ("POST", false, "addVersion") => AddVersion(secret, input),
            ("GET", true, "") when which.Length == 0 => List(secret, request),
            ("GET", true, "") => (secret.Find(which) ?? throw GoogleError.NotFound(call)).Describe(secret.Name),
            ("GET", true, "access") => Access(secret, which),
            ("POST", true, "enable" or "disable" or "destroy") => Change(secret, which, verb),
            _ => throw new GoogleError(404, "NOT_FOUND", "Not Found"),
        };
    }

    private JsonObject Create(string name, JsonObject input)
    {
        if (_secrets.ContainsKey(name))
        {
            throw new GoogleError(409, "ALREADY_EXISTS", $"Secret [{name}] already exists.");
        }

        input.Remove("name");
        input["createTime"] = DateTime.UtcNow.ToString("O");
        _secrets.Add(name, new StoredSecret(name, input));
        return _secrets[name].Describe();
    }

    private static JsonObject Update(StoredSecret secret, JsonObject input, string mask)
    {
        foreach (var member in (string[])["versionAliases", "annotations", "labels"])
        {
            if (mask.Replace("version_aliases", "versionAliases", StringComparison.Ordinal).Split(',').Contains(member) && input[member] is { } value)
            {
                secret.About[member] = value.DeepClone();
            }
        }

        return secret.Describe();
    }

    private JsonObject Delete(StoredSecret secret)
    {
        _secrets.Remove(secret.Name);
        return [];
    }

    private JsonObject AddVersion(StoredSecret secret, JsonObject input)
    {
        var payload = input["payload"]!;
        var data = Convert.FromBase64String((string)payload["data"]!);
        if (payload["dataCrc32c"]?.ToString() is { } sum && sum != Crc32C.Compute(data).ToString(CultureInfo.InvariantCulture))
        {
            throw new GoogleError(400, "INVALID_ARGUMENT", "The payload's CRC32C does not match.");
        }

        Add(secret.Name, data);
        return secret.Versions[^1].Describe(secret.Name);
    }

    private static JsonObject List(StoredSecret secret, HttpRequest request)
    {
        var size = int.TryParse(request.Query["pageSize"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && asked > 0 ? asked : 100;
        var start = int.TryParse(request.Query["pageToken"], NumberStyles.None, CultureInfo.InvariantCulture, out var token) ? token : 0;
        var newestFirst = Enumerable.Reverse(secret.Versions).ToList();
        var answer = new JsonObject { ["versions"] = new JsonArray([.. newestFirst.Skip(start).Take(size).Select(version => version.Describe(secret.Name))]), ["totalSize"] = newestFirst.Count };
        if (start + size < newestFirst.Count)
        {
            answer["nextPageToken"] = (start + size).ToString(CultureInfo.InvariantCulture);
        }

        return answer;
    }

    private static JsonObject Access(StoredSecret secret, string which)
    {
        var version = secret.Find(which) ?? throw GoogleError.NotFound(which);
        return version.State != "ENABLED"
            ? throw new GoogleError(400, "FAILED_PRECONDITION", $"Secret Version is in {version.State} state.")
            : new JsonObject
            {
                ["name"] = $"{secret.Name}/versions/{version.Number}",
                ["payload"] = new JsonObject { ["data"] = Convert.ToBase64String(version.Data), ["dataCrc32c"] = Crc32C.Compute(version.Data).ToString(CultureInfo.InvariantCulture) },
            };
    }

    private static JsonObject Change(StoredSecret secret, string which, string verb)
    {
        var version = secret.Find(which) ?? throw GoogleError.NotFound(which);
        if (version.State == "DESTROYED" && verb != "destroy")
        {
            throw new GoogleError(400, "FAILED_PRECONDITION", $"SecretVersion [{secret.Name}/versions/{version.Number}] is in DESTROYED state.");
        }

        version.State = verb switch { "enable" => "ENABLED", "disable" => "DISABLED", _ => "DESTROYED" };
        return version.Describe(secret.Name);
    }

    [GeneratedRegex("^[A-Z]+ (?<parent>projects/[^/]+(/locations/[^/]+)?)/secrets(/(?<id>[^/:]+))?(?<versions>/versions)?(/(?<version>[^/:]+))?(:(?<verb>[a-zA-Z]+))?$")]
    private static partial Regex Call();
}
