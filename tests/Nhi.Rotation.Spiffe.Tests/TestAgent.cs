using SpiffeSample.LocalAgent;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>An agent on a Unix socket with a trust domain of its own, which can be stopped and started again at the same place.</summary>
internal sealed class TestAgent : IAsyncDisposable
{
    // No test takes so long, and so none depends on it.
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private LocalAgentServer? _server;

    private TestAgent(LocalAgentServer server)
    {
        _server = server;
        (SocketPath, Endpoint, TcpEndpoint, State) = (server.SocketPath, server.Endpoint, server.TcpEndpoint, server.State);
    }

    public string SocketPath { get; }

    public string Endpoint { get; }

    public string TcpEndpoint { get; }

    public LocalAgentState State { get; }

    public static async Task<TestAgent> StartAsync(string domain = "example.org", params WorkloadEntry[] entries)
    {
        var state = new LocalAgentState(new TrustDomain(domain));
        if (entries.Length > 0)
        {
            state.Register(entries);
        }

        return new TestAgent(await LocalAgentServer.StartAsync(state));
    }

    /// <summary>One more agent of a trust domain.</summary>
    public static async Task<TestAgent> StartAsync(TrustDomain domain, string path)
    {
        var state = new LocalAgentState(domain);
        state.Register(new WorkloadEntry(path, "", Life));
        return new TestAgent(await LocalAgentServer.StartAsync(state));
    }

    public static Task<TestAgent> StartAsync(TimeSpan life) => StartAsync("example.org", new WorkloadEntry("/billing", "", life));

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
        {
            await server.DisposeAsync();
        }
    }

    public async Task StartAgainAsync() => _server = await LocalAgentServer.StartAsync(State, SocketPath);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        State.Domain.Dispose();
        Directory.Delete(Path.GetDirectoryName(SocketPath)!, recursive: true);
    }
}
