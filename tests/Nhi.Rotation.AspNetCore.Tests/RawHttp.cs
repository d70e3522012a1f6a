using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nhi.Rotation.AspNetCore.Tests;

/// <summary>Sends text to a port of this machine as it is, and reads the answer to its end.</summary>
internal static class RawHttp
{
    public static async Task<string> SendAsync(int port, string request)
    {
        var ct = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, ct);
        await using var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(request), ct);
        }
        catch (IOException)
        {
            // The server answers and closes before it has read all of a huge header.
        }

        return await ReadAsync(stream, ct);
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken ct)
    {
        using var reader = new StreamReader(stream);
        var text = new StringBuilder();
        var buffer = new char[4096];
        try
        {
            while (await reader.ReadAsync(buffer, ct) is > 0 and var read)
            {
                text.Append(buffer, 0, read);
            }
        }
        catch (IOException)
        {
            // Reset after the answer.
        }

        return text.ToString();
    }
}
