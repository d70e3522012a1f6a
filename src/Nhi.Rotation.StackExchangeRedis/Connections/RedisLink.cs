using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Connections;

/// <summary>One physical connection and the version it is authenticated with, which is held for as long as it lives.</summary>
internal sealed class RedisLink(EndPoint endPoint, ConnectionType type, Socket? socket)
{
    private readonly Lock _gate = new();
    private IDisposable? _hold;
    private bool _ended;
    private bool _established;
    private AuthReply? _failure;

    public EndPoint EndPoint => endPoint;

    public bool IsSubscription => type == ConnectionType.Subscription;

    /// <summary>What the handshake presented, and when; <see langword="null"/> before, and for a connection that does not use the credential (a sentinel's).</summary>
    public (Presented<string> Login, long At)? Shown { get; private set; }

    /// <summary>The version that was presented last.</summary>
    public Credential? Version { get; private set; }

    /// <summary>Whether the server is known to have accepted that version. A server whose default user needs no password connects without.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>Between the reading of the user and of the password, which must be of one version.</summary>
    public UsernamePassword? Login { get; set; }

    // The library disposes its socket as soon as it notices that the connection failed, and when the multiplexer is disposed.
    public bool IsClosed => socket is { Connected: false };

    /// <summary>What the end of the connection says of the version that its handshake presented.</summary>
    public AuthReply End
    {
        get
        {
            lock (_gate)
            {
                // With nothing heard of its end it ended without a reason; after the handshake that is nothing that the version has to do with.
                var end = _failure ?? new AuthReply(AuthAnswer.Suspected, "closed");
                return Shown is null || IsConfirmed || (_established && end.Answer != AuthAnswer.Rejected) ? new AuthReply(AuthAnswer.Unknown) : end;
            }
        }
    }

    /// <summary>The handshake presents a version.</summary>
    public void Present(Presented<string> login, long at)
    {
        lock (_gate)
        {
            Shown = (login, at);
            Hold(login.Version);
        }
    }

    /// <summary>The server accepted a version on this connection.</summary>
    /// <returns>Whether that is new.</returns>
    public bool Confirm(Credential version)
    {
        lock (_gate)
        {
            var isNew = !IsConfirmed || !ReferenceEquals(Version, version);
            IsConfirmed = true;
            Hold(version);
            return isNew;
        }
    }

    /// <summary>The handshake is over, whether or not the server cared for the version.</summary>
    public void Establish()
    {
        lock (_gate)
        {
            _established = true;
        }
    }

    /// <summary>The library says why the connection ended. Only the first word counts.</summary>
    public void Fail(RedisConnectionException error)
    {
        lock (_gate)
        {
            _failure ??= new AuthReply(AuthErrors.Judge(error), error.FailureType.ToString());
        }
    }

    /// <summary>Whether the server has been silent for so long since the handshake began.</summary>
    public bool IsStalled(TimeProvider time, TimeSpan timeout) => Shown is { } shown && !IsConfirmed && !_established && time.GetElapsedTime(shown.At) >= timeout;

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
    public void LetGo()
    {
        lock (_gate)
        {
            _ended = true;
            _hold?.Dispose();
            Login = null;
        }
    }

    private void Hold(Credential version)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
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
