using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Recipes.Tests.Servers;

/// <summary>A real server that accepts these keys or those, and answers 401 to all others. It reads each body whole.</summary>
internal sealed class KeyedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile HashSet<string> _keys = [];

    private KeyedServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <summary>As AllowHosts takes it.</summary>
    public string Host => new Uri(Address).Authority;

    /// <summary>What was presented, in order.</summary>
    public ConcurrentQueue<string> Presented { get; } = [];

    /// <summary>The bodies of requests that were accepted, in order.</summary>
    public ConcurrentQueue<byte[]> Bodies { get; } = [];

    /// <param name="header">Which header has the key; what is in front of it is left out.</param>
    /// <param name="prefix">What is in front of the key.</param>
    public static async Task<KeyedServer> StartAsync(string header, string prefix = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new KeyedServer(app);
        app.Run(context => server.AnswerAsync(context, header, prefix));
        await app.StartAsync();
        return server;
    }

    /// <summary>From now on only these keys are accepted.</summary>
    public void Accept(params string[] keys) => _keys = [.. keys];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, string header, string prefix)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var key = context.Request.Headers[header].ToString()[prefix.Length..];
        Presented.Enqueue(key);
        if (!_keys.Contains(key))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        Bodies.Enqueue(body.ToArray());
        await context.Response.WriteAsync("accepted");
    }
}
