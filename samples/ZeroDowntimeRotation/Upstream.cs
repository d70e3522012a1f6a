using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ZeroDowntimeRotation;

/// <summary>The other side: a real server that knows at most two keys at a time and answers 401 to any other.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly WebApplication _app;
    private ImmutableArray<string> _keys = [];
    private long _accepted;
    private long _refused;

    private Upstream()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapGet("/charges", Answer);
        _app.MapGet("/feed", static () => Results.Stream(
            static async feed =>
            {
                while (true)
                {
                    await feed.WriteAsync("data: tick\n\n"u8.ToArray());
                    await feed.FlushAsync();
                    await Task.Delay(TimeSpan.FromMilliseconds(100));
                }
            },
            "text/event-stream"));
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public long Accepted => Interlocked.Read(ref _accepted);

    public long Refused => Interlocked.Read(ref _refused);

    public static async Task<Upstream> StartAsync()
    {
        var upstream = new Upstream();
        await upstream._app.StartAsync();
        return upstream;
    }

    /// <summary>From now on exactly these keys are valid.</summary>
    // What the partner knows is its own: copies, not the objects that the app was given, which would be found to be kept.
    public void Accept(params string[] keys) => _keys = keys.Length <= 2 ? [.. keys.Select(static key => new string(key.AsSpan()))] : throw new ArgumentException("It knows two keys at a time.", nameof(keys));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Answer(HttpRequest request)
    {
        var presented = request.Headers.Authorization.ToString()["Bearer ".Length..];
        if (_keys.Contains(presented))
        {
            Interlocked.Increment(ref _accepted);
            return Results.Text("charged");
        }

        Interlocked.Increment(ref _refused);
        return Results.Unauthorized();
    }
}
