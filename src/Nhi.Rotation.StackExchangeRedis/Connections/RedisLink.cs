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

    public EndPoint EndPoint => endPoint;

    public bool IsSubscription => type == ConnectionType.Subscription;

    /// <summary>What the handshake presented, and when, until that is confirmed; <see langword="null"/> also for a connection that does not use the credential (a sentinel's).</summary>
    public Handshake? Shown { get; private set; }

    /// <summary>The version that was presented last, without its value.</summary>
    public Credential? Version { get; private set; }

    /// <summary>Whether the server is known to have accepted that version. A server whose default user needs no password connects without.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>Between the reading of the user and of the password, which must be of one version.</summary>
    public RedisLogin? Login { get; set; }

    /// <summary>Called with what the handshake presented when the connection ended in it, and the server may have refused that.</summary>
    public Action<Presented<string>, AuthReply>? Failed { get; set; }

    // The library disposes its socket as soon as it notices that the connection failed, and when the multiplexer is disposed.
    public bool IsClosed => socket is { Connected: false };

    /// <summary>The handshake presents a version.</summary>
    public void Present(Presented<string> login, long at)
    {
        lock (_gate)
        {
            Shown = new Handshake(login, at);
            Hold(login.Version);
        }
    }

    /// <summary>The server accepted a version on this connection.</summary>
    /// <returns>Whether that is new.</returns>
    public bool Confirm(Credential version)
    {
        lock (_gate)
        {
            var isNew = !IsConfirmed || Version?.VersionId != version.VersionId;
            (IsConfirmed, Shown) = (true, null);
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

    /// <summary>It is known why the connection ended. Only the first word counts.</summary>
    public void Fail(AuthReply failure)
    {
        Handshake? shown;
        lock (_gate)
        {
            // After the handshake nothing but a refusal has to do with the version.
            shown = _established && failure.Answer != AuthAnswer.Rejected ? null : Shown;
            (Shown, Login) = (null, null);
        }

        // A multiplexer that is disposed, or gives up its first connect, closes what is in its handshake: that was not the server.
        var isOurs = failure.Answer == AuthAnswer.Suspected && socket is { SafeHandle.IsClosed: true };
        if (shown is not null && !isOurs && failure.Answer is (AuthAnswer.Suspected or AuthAnswer.Rejected))
        {
            Failed?.Invoke(shown.Login, failure);
        }
    }

    /// <summary>Whether the server has been silent for so long since the handshake began.</summary>
    public bool IsStalled(TimeProvider time, TimeSpan timeout) => Shown is { } shown && !_established && time.GetElapsedTime(shown.At) >= timeout;

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

    /// <summary>The connection is gone. Why, may be said a moment later.</summary>
    public void LetGo()
    {
        lock (_gate)
        {
            _ended = true;
            _hold?.Dispose();
        }
    }

    /// <summary>Nothing more is said of the end. What was presented has a value, and the library may keep this object for longer.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            (Shown, Login) = (null, null);
        }
    }

    private void Hold(Credential version)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        if (Version?.VersionId == version.VersionId || _ended)
        {
            return;
        }

        var old = _hold;
        _hold = version.Hold();
        Version = version.WithoutValue();
        old?.Dispose();
    }
}
