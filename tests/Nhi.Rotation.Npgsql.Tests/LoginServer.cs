using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>
/// Speaks the beginning of PostgreSQL's protocol: logins with SCRAM-SHA-256, and nothing after them. It can close, stall or lie at any byte of its side of the handshake.
/// https://www.postgresql.org/docs/current/protocol-flow.html
/// </summary>
internal sealed class LoginServer : IAsyncDisposable
{
    private const int SslRequest = 80877103;
    private const int GssRequest = 80877104;

    // A client that does not understand a lie waits for more, and so would this server.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly Task _accepting;

    public LoginServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Database=orders;SSL Mode=Disable;Server Compatibility Mode=NoTypeLoading;No Reset On Close=true";

    /// <summary>The password of a user, or <see langword="null"/> for one that may not log in.</summary>
    public Func<string, string?> PasswordOf { get; set; } = static user => user;

    /// <summary>What goes wrong in a login of a user.</summary>
    public Func<string, HandshakeFault?> FaultOf { get; set; } = static _ => null;

    /// <summary>What is said instead of anything else: a SQLSTATE and a text.</summary>
    public (string State, string Text)? Error { get; set; }

    /// <summary>The users of all logins that were tried, the first one first.</summary>
    public ConcurrentQueue<string> Tried { get; } = new();

    /// <summary>How many bytes the last login took of this side's.</summary>
    public int HandshakeLength { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                client.NoDelay = true;
                _serving.Add(ServeAsync(client));
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
            try
            {
                await ServeAsync(client.GetStream());
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or SocketException)
            {
                // Either side has gone.
            }
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        var user = await ReadStartupAsync(stream);
        Tried.Enqueue(user);
        var reply = new Reply(this, stream, FaultOf(user));
        if (Error is { } error)
        {
            await reply.FailAsync(error.State, error.Text);
            return;
        }

        if (await LogInAsync(reply, stream, user))
        {
            if (reply.IsFaulty)
            {
                // A client that did not understand waits for more.
                stream.Socket.Shutdown(SocketShutdown.Send);
            }

            await ReadAsync(stream, new byte[1], mayWait: true);
        }
    }

    private async Task<string> ReadStartupAsync(NetworkStream stream)
    {
        while (true)
        {
            var head = new byte[8];
            await ReadAsync(stream, head, mayWait: true);
            var code = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4));
            if (code is SslRequest or GssRequest)
            {
                await stream.WriteAsync("N"u8.ToArray(), _stop.Token);
                continue;
            }

            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head) - 8];
            await ReadAsync(stream, body, mayWait: true);
            var texts = Encoding.UTF8.GetString(body).Split('\0');
            return texts[Array.IndexOf(texts, "user") + 1];
        }
    }

    // RFC 5802, section 3; with one iteration, as nobody attacks it.
    private async Task<bool> LogInAsync(Reply reply, NetworkStream stream, string user)
    {
        await reply.AskAsync(10, "SCRAM-SHA-256\0\0"u8);
        var first = await ReadMessageAsync(stream);
        var bare = first[(first.IndexOf(",,", StringComparison.Ordinal) + 2)..];
        var salt = Convert.ToBase64String(RandomNumberGenerator.GetBytes(12));
        var challenge = $"r={bare[(bare.IndexOf("r=", StringComparison.Ordinal) + 2)..]}{Convert.ToHexString(RandomNumberGenerator.GetBytes(9))},s={salt},i=1";
        await reply.AskAsync(11, Encoding.UTF8.GetBytes(challenge));
        var last = await ReadMessageAsync(stream);
        var proofAt = last.LastIndexOf(",p=", StringComparison.Ordinal);
        var password = PasswordOf(user);
        var salted = Rfc2898DeriveBytes.Pbkdf2(password ?? "\0", Convert.FromBase64String(salt), 1, HashAlgorithmName.SHA256, 32);
        var message = $"{bare},{challenge},{last[..proofAt]}";
        var clientKey = Sign(salted, "Client Key");
        var proof = Sign(SHA256.HashData(clientKey), message).Zip(clientKey, static (a, b) => (byte)(a ^ b)).ToArray();
        if (password is null || last[(proofAt + 3)..] != Convert.ToBase64String(proof))
        {
            await reply.FailAsync("28P01", $"password authentication failed for user \"{user}\"");
            return false;
        }

        await reply.AskAsync(12, Encoding.UTF8.GetBytes($"v={Convert.ToBase64String(Sign(Sign(salted, "Server Key"), message))}"));
        await reply.AskAsync(0, []);
        await reply.SendAsync('S', "server_version\015.0\0"u8.ToArray());
        await reply.SendAsync('S', "client_encoding\0UTF8\0"u8.ToArray());
        await reply.SendAsync('K', [0, 0, 0, 42, 0, 0, 0, 7]);
        await reply.SendAsync('Z', "I"u8.ToArray());
        return true;
    }

    private async Task<string> ReadMessageAsync(NetworkStream stream)
    {
        var head = new byte[5];
        await ReadAsync(stream, head, mayWait: false);
        var body = new byte[Math.Clamp(BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4, 0, 4096)];
        await ReadAsync(stream, body, mayWait: false);
        return Encoding.UTF8.GetString(body);
    }

    private async Task ReadAsync(NetworkStream stream, byte[] into, bool mayWait)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        if (!mayWait)
        {
            patience.CancelAfter(Patience);
        }

        await stream.ReadExactlyAsync(into, patience.Token);
    }

    private static byte[] Sign(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    /// <summary>This side's bytes, one of which can go wrong.</summary>
    private sealed class Reply(LoginServer server, NetworkStream stream, HandshakeFault? fault)
    {
        private readonly CancellationToken _stop = server._stop.Token;
        private int _length;

        public bool IsFaulty => fault is not null;

        public Task AskAsync(int kind, ReadOnlySpan<byte> data)
        {
            var body = new byte[4 + data.Length];
            BinaryPrimitives.WriteInt32BigEndian(body, kind);
            data.CopyTo(body.AsSpan(4));
            return SendAsync('R', body);
        }

        public Task FailAsync(string state, string text) => SendAsync('E', Encoding.UTF8.GetBytes($"SFATAL\0VFATAL\0C{state}\0M{text}\0\0"));

        public async Task SendAsync(char type, byte[] body)
        {
            var message = new byte[5 + body.Length];
            message[0] = (byte)type;
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), body.Length + 4);
            body.CopyTo(message, 5);
            var at = fault is null ? -1 : fault.At - _length;
            // Told before the client has the last byte, and so before it could ask.
            _length += message.Length;
            server.HandshakeLength = _length;
            if (at < 0 || at >= message.Length)
            {
                await stream.WriteAsync(message, _stop);
                return;
            }

            if (fault!.Kind == HandshakeFaultKind.Lie)
            {
                message[at] ^= 1;
                await stream.WriteAsync(message, _stop);
                return;
            }

            await stream.WriteAsync(message.AsMemory(0, at), _stop);
            if (fault.Kind == HandshakeFaultKind.Stall)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop);
            }

            throw new IOException("closed as told");
        }
    }
}
