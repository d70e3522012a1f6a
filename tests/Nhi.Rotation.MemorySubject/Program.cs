using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation;
using Nhi.Rotation.AspNetCore;

// An app that uses each kind of credential for as long as it is current and keeps nothing. Arguments: the directory of its secrets; and "crowd", "buffers", a Redis server, or "postgres" and a connection string, for an app that uses only that.
if (args is [var crowded, "crowd"])
{
    await CrowdedSubject.RunAsync(crowded);
    return;
}

if (args is [var buffered, "buffers"])
{
    await BufferSubject.RunAsync(buffered);
    return;
}

if (args is [var secrets, var redis])
{
    await RedisUse.RunAsync(secrets, redis);
    return;
}

if (args is [var folder, "postgres", var connectionString])
{
    await DatabaseSubject.RunAsync(folder, connectionString);
    return;
}

var builder = SubjectApp.CreateBuilder();
var credentials = builder.Services.AddRotatingCredentials();
foreach (var name in new[] { "out", "derived", "acme", "hook" }.Concat(ClientUse.Names))
{
    credentials.AddCredential(name, c => c.FromFiles(Path.Combine(args[0], name)).Configure(options => options.Overlap = TimeSpan.FromSeconds(1)));
}

builder.Services.AddHttpClient("partner").AddRotatingCredential("out", http =>
{
    http.Bearer();
    http.AllowHosts("http://127.0.0.1");
});
builder.Services.AddAuthentication(RotatingApiKeyDefaults.AuthenticationScheme).AddRotatingApiKey(keys => keys.AddClient("acme"));
builder.Services.AddAuthorization();
builder.Services.AddWebhookSignatures();
builder.Services.AddRotatingTls();
ClientUse.Add(builder.Services, credentials);
builder.Services.Configure<KestrelServerOptions>(static kestrel =>
{
    kestrel.Listen(IPAddress.Loopback, 0);
    kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https => https.UseRotatingCertificate(kestrel.ApplicationServices, "tls")));
});
var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();

var derived = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("derived").Derive(static credential => $"key={credential.Reveal()}");
app.MapGet("/echo", static () => "ok");
app.MapGet("/keyed", static () => "ok").RequireAuthorization();
app.MapPost("/hook", static () => "ok").RequireWebhookSignature("hook", WebhookScheme.GitHub);
app.MapGet("/use", async (HttpContext context, IHttpClientFactory clients) =>
{
    using var client = clients.CreateClient("partner");
    using var response = await client.GetAsync(new Uri($"http://{context.Request.Host}/echo"));
    return derived.Current.Length;
});
ClientUse.Map(app);
await SubjectApp.ServeAsync(app);
