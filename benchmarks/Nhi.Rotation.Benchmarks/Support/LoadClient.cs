using System.Net.Sockets;
using System.Text;

namespace Nhi.Rotation.Benchmarks.Support;

/// <summary>Sends one request over and over on a few connections and reads the answers, with as little work of its own as a load generator in C has.</summary>
internal static class LoadClient
{
    private const int Connections = 8;

    /// <summary>Answers a second.</summary>
    /// <exception cref="InvalidOperationException">The server answered with something else than 200.</exception>
    public static async Task<double> RunAsync(Uri address, string headers, TimeSpan duration)
    {
        var request = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {address.Authority}\r\n{headers}\r\n");
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => SendAsync(address, request, duration))));
        return counts.Sum() / duration.TotalSeconds;
    }

    private static async Task<int> SendAsync(Uri address, byte[] request, TimeSpan duration)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        var answer = new byte[4096];
        var length = await FirstAnswerAsync(socket, request, answer);
        var started = TimeProvider.System.GetTimestamp();
        var count = 0;
        while (TimeProvider.System.GetElapsedTime(started) < duration)
        {
            await socket.SendAsync(request);
            for (var received = 0; received < length;)
            {
                received += await ReceiveAsync(socket, answer);
            }

            count++;
        }

        return count;
    }

    // All answers are alike, so the length of the first is that of all.
    private static async Task<int> FirstAnswerAsync(Socket socket, byte[] request, byte[] answer)
    {
        await socket.SendAsync(request);
        var length = 0;
        while (!Encoding.ASCII.GetString(answer, 0, length).EndsWith("hello", StringComparison.Ordinal))
        {
            length += await ReceiveAsync(socket, answer.AsMemory(length));
            if (length >= 12 && !answer.AsSpan(0, 12).SequenceEqual("HTTP/1.1 200"u8))
            {
                throw new InvalidOperationException("The server did not answer with 200.");
            }
        }

        return length;
    }

    private static async Task<int> ReceiveAsync(Socket socket, Memory<byte> into) =>
        await socket.ReceiveAsync(into) is > 0 and var received ? received : throw new InvalidOperationException("The server closed the connection.");
}
