using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis;

/// <summary>One physical connection and the version it is authenticated with, which is held for as long as it lives.</summary>
internal sealed class RedisLink(EndPoint endPoint, ConnectionType type, Socket? socket)
{
    private readonly Lock _gate = new();
    private IDisposable? _hold;
    private bool _ended;

    public EndPoint EndPoint => endPoint;

    public bool IsSubscription => type == ConnectionType.Subscription;

    /// <summary>The version that was presented last, or <see langword="null"/> if the connection does not use the credential (a sentinel's).</summary>
    public Credential? Version { get; private set; }

    /// <summary>Whether the server is known to have accepted that version. A server whose default user needs no password connects without.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>Between the reading of the user and of the password, which must be of one version.</summary>
    public UsernamePassword? Login { get; set; }

    // The library disposes its socket as soon as it notices that the connection failed, and when the multiplexer is disposed.
    public bool IsClosed => socket is { Connected: false };

    public void Present(Credential version, bool isConfirmed)
    {
        lock (_gate)
        {
            IsConfirmed = isConfirmed;
            if (ReferenceEquals(Version, version) || _ended)
            {
                return;
            }

            var old = _hold;
            _hold = version.Hold();
            Version = version;
            old?.Dispose();
        }
    }

    /// <summary>Closes the connection, so that the library opens it again with the version of that moment.</summary>
    public void Close()
    {
        try
        {
            socket?.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }

    /// <summary>The connection is gone.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            _hold?.Dispose();
        }
    }
}
