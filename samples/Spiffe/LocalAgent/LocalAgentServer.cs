using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SpiffeSample.LocalAgent;

/// <summary>An agent that serves the SPIFFE Workload API on a Unix socket, to whoever may open it: for samples and tests, and for nothing else.</summary>
public sealed class LocalAgentServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LocalAgentServer(WebApplication app, LocalAgentState state, string socket) => (_app, State, SocketPath) = (app, state, socket);

    /// <summary>What it knows and how it fails.</summary>
    public LocalAgentState State { get; }

    public string SocketPath { get; }

    /// <summary>What <c>SPIFFE_ENDPOINT_SOCKET</c> would be.</summary>
    public string Endpoint => $"unix://{SocketPath}";

    /// <summary>What it would be where it listens on TCP too.</summary>
    public string TcpEndpoint => _app.Urls.First(url => !url.Contains("unix:", StringComparison.Ordinal)).Replace("http://", "tcp://", StringComparison.Ordinal);

    public static async Task<LocalAgentServer> StartAsync(LocalAgentState state, string? socket = null)
    {
        socket ??= Path.Combine(Directory.CreateTempSubdirectory("agent").FullName, "agent.sock");
        File.Delete(socket);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(state);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });

        // An agent that is killed waits for nobody.
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        var app = builder.Build();
        app.MapGrpcService<WorkloadService>();
        await app.StartAsync();
        return new LocalAgentServer(app, state, socket);
    }

    public async ValueTask DisposeAsync()
    {
        State.BreakStreams();
        await _app.DisposeAsync();
        File.Delete(SocketPath);
    }
}
