using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nhi.Rotation.Clients.Tests;

/// <summary>A server that answers with a text as it is, in which <c>{0}</c> is the last line of what it was sent.</summary>
internal sealed class EchoingServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public EchoingServer(string answer)
    {
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}");
        _ = ServeAsync(answer);
    }

    public Uri Address { get; }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(string answer)
    {
        while (true)
        {
            using var socket = await _listener.AcceptSocketAsync();
            var buffer = new byte[64 * 1024];
            var read = 0;
            while (!Encoding.ASCII.GetString(buffer, 0, read).Contains("client_secret=", StringComparison.Ordinal))
            {
                read += await socket.ReceiveAsync(buffer.AsMemory(read));
            }

            var sent = Encoding.ASCII.GetString(buffer, 0, read).Split('\n')[^1];
            await socket.SendAsync(Encoding.ASCII.GetBytes(answer.Replace("{0}", sent, StringComparison.Ordinal)));
        }
    }
}
