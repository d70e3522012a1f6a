using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nhi.Rotation.AotApp;

/// <summary>Just enough of a server, so that nothing but the library and HttpClient is in the binary.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public LocalServer()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
    }

    public Uri Address { get; }

    /// <summary>Answers so many requests.</summary>
    /// <returns>The credentials that they carried.</returns>
    public async Task<List<string>> ServeAsync(int requests, CancellationToken ct)
    {
        var seen = new List<string>();
        while (seen.Count < requests)
        {
            using var connection = await _listener.AcceptTcpClientAsync(ct);
            using var reader = new StreamReader(connection.GetStream(), Encoding.ASCII);
            while (await reader.ReadLineAsync(ct) is { Length: > 0 } line)
            {
                if (line.StartsWith("Authorization:", StringComparison.Ordinal))
                {
                    seen.Add(line);
                }
            }

            await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), ct);
        }

        return seen;
    }

    public void Dispose() => _listener.Dispose();
}
