using System.Globalization;
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

    /// <summary>Answers so many requests; a POST with an OAuth token.</summary>
    /// <returns>The credentials that they carried.</returns>
    public async Task<List<string>> ServeAsync(int requests, CancellationToken ct)
    {
        var seen = new List<string>();
        while (seen.Count < requests)
        {
            using var connection = await _listener.AcceptTcpClientAsync(ct);
            using var reader = new StreamReader(connection.GetStream(), Encoding.ASCII);
            var isTokenRequest = (await reader.ReadLineAsync(ct))!.StartsWith("POST", StringComparison.Ordinal);
            var length = 0;
            while (await reader.ReadLineAsync(ct) is { Length: > 0 } line)
            {
                if (line.StartsWith("Authorization:", StringComparison.Ordinal))
                {
                    seen.Add(line);
                }
                else if (line.StartsWith("Content-Length:", StringComparison.Ordinal))
                {
                    length = int.Parse(line.AsSpan("Content-Length:".Length), CultureInfo.InvariantCulture);
                }
            }

            // Reading nothing would wait for more.
            if (length > 0)
            {
                await reader.ReadBlockAsync(new char[length], ct);
            }

            var body = isTokenRequest ? """{"access_token":"token","token_type":"Bearer","expires_in":3600}""" : string.Empty;
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), ct);
        }

        return seen;
    }

    public void Dispose() => _listener.Dispose();
}
