using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nhi.Rotation.StackExchangeRedis.Tests;

/// <summary>Stands before a real server, knows which password a connection shows, and may spoil what the server answers from there on.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;

    public FaultProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What happens to a connection that shows a password; <see langword="null"/> lets it pass. Asked once for each password that a connection shows.</summary>
    public Func<string, Fault?> FaultOf { get; set; } = static _ => null;

    /// <summary>The passwords that connections showed, in their order.</summary>
    public ConcurrentQueue<string> Shown { get; } = new();

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Cuts all connections.</summary>
    public void Cut()
    {
        foreach (var (socket, _) in _open)
        {
            socket.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _open.TryAdd(client, true);
            await server.ConnectAsync(IPAddress.Loopback, _target);
            var spoiler = new Spoiler();
            await Task.WhenAny(UpAsync(client, server, spoiler), DownAsync(server, client, spoiler));
        }
        catch (SocketException)
        {
            // The server is away, and so is this connection.
        }
        finally
        {
            _open.TryRemove(client, out _);
            client.Dispose();
        }
    }

    private async Task UpAsync(Socket client, Socket server, Spoiler spoiler)
    {
        var buffer = new byte[64 * 1024];
        var text = string.Empty;
        for (int read; (read = await client.ReceiveAsync(buffer)) > 0;)
        {
            // A command may come in two pieces.
            text = text[^Math.Min(text.Length, 200)..] + Encoding.Latin1.GetString(buffer, 0, read);
            if (Passwords(text) is [.., var password] && password != spoiler.Password)
            {
                Shown.Enqueue(password);
                spoiler.Begin(password, FaultOf(password));
            }

            await server.SendAsync(buffer.AsMemory(0, read));
        }
    }

    private static async Task DownAsync(Socket server, Socket client, Spoiler spoiler)
    {
        var buffer = new byte[64 * 1024];
        for (int read; (read = await server.ReceiveAsync(buffer)) > 0;)
        {
            if (spoiler.Spoil(buffer, ref read))
            {
                await client.SendAsync(buffer.AsMemory(0, read));
            }
            else
            {
                await client.SendAsync(buffer.AsMemory(0, read));
                return;
            }
        }
    }

    // The last part of each complete AUTH.
    private static string[] Passwords(string text)
    {
        var found = new List<string>();
        for (var at = text.IndexOf("$4\r\nAUTH\r\n", StringComparison.Ordinal); at >= 0; at = text.IndexOf("$4\r\nAUTH\r\n", at + 1, StringComparison.Ordinal))
        {
            // One that is cut off at its start has no count, and was seen before.
            var star = text.LastIndexOf('*', at);
            var parts = text[at..].Split("\r\n");
            if (star >= 0 && int.TryParse(text[(star + 1)..text.IndexOf('\r', star)], out var count) && parts.Length > 2 * count)
            {
                found.Add(parts[(2 * count) - 1]);
            }
        }

        return [.. found];
    }

    private sealed class Spoiler
    {
        private readonly Lock _gate = new();
        private Fault? _fault;
        private int _passed;

        public string? Password { get; private set; }

        public void Begin(string password, Fault? fault)
        {
            lock (_gate)
            {
                (Password, _fault, _passed) = (password, fault, 0);
            }
        }

        /// <summary>Changes what the server answered.</summary>
        /// <returns>Whether the connection stays open.</returns>
        public bool Spoil(byte[] answer, ref int length)
        {
            lock (_gate)
            {
                if (_fault is not { } fault)
                {
                    return true;
                }

                var from = fault.AtByte - _passed;
                _passed += length;
                if (from >= length)
                {
                    return true;
                }

                from = Math.Max(from, 0);
                switch (fault.Kind)
                {
                    case FaultKind.Closes:
                        length = from;
                        return false;
                    case FaultKind.Stalls:
                        length = from;
                        return true;
                    case FaultKind.Lies:
                        answer[from] ^= 1;
                        _fault = null;
                        return true;
                    default:
                        var words = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(fault.Words + "\r\n", 20)));
                        words.CopyTo(answer, 0);
                        length = words.Length;
                        _fault = new Fault(FaultKind.Stalls);
                        return true;
                }
            }
        }
    }
}
