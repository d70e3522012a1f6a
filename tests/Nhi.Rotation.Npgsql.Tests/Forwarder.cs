using System.Net;
using System.Net.Sockets;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>A second address of a server, as a load balancer is. It can tell all clients the same process id, as servers in containers of their own do.</summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private static readonly byte[] KeyData = [(byte)'K', 0, 0, 0, 12];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly bool _hidesProcess;
    private readonly Task _accepting;
    private int _accepted;

    public Forwarder(int target, bool hidesProcess = false)
    {
        _target = target;
        _hidesProcess = hidesProcess;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Accepted => Volatile.Read(ref _accepted);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                _ = ServeAsync(client);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(CopyAsync(client, server, isReply: false), CopyAsync(server, client, isReply: true));
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, bool isReply)
    {
        try
        {
            var buffer = new byte[65536];
            int count;
            while ((count = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0)
            {
                if (isReply && _hidesProcess && buffer.AsSpan(0, count).IndexOf(KeyData) is >= 0 and var at)
                {
                    // https://www.postgresql.org/docs/current/protocol-message-formats.html, BackendKeyData.
                    buffer.AsSpan(at + 5, 3).Clear();
                    buffer[at + 8] = 42;
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }
}
