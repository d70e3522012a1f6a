using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Nhi.Rotation.AspNetCore.Tls;

/// <summary>One connection and the version of the certificate it was made with, which it holds until it is closed.</summary>
internal sealed class CertifiedConnection
{
    private readonly ConnectionContext _connection;
    private readonly Credential _credential;
    private readonly IDisposable _hold;
    private readonly TimeProvider _time;
    private readonly TimeSpan _drainTime;

    // Where in the drain time its turn is.
    private readonly double _turn;
    private long _replacedAt;
    private volatile bool _isDue;

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "It spreads load and protects nothing.")]
    public CertifiedConnection(ConnectionContext connection, Credential credential, TimeProvider time, TimeSpan drainTime)
    {
        _connection = connection;
        _credential = credential;
        _hold = credential.Hold();
        _time = time;
        _drainTime = drainTime;
        _turn = Random.Shared.NextDouble();
        connection.Features.Set(this);
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static state => ((CertifiedConnection)state).OnHeartbeat(), this);
        if (connection.Features.Get<IConnectionCompleteFeature>() is { } complete)
        {
            complete.OnCompleted(static state => ((CertifiedConnection)state).EndAsync(), this);
        }
        else
        {
            connection.ConnectionClosed.Register(static state => ((CertifiedConnection)state!)._hold.Dispose(), this);
        }
    }

    /// <summary>A request came in. Closing is asked for while it is answered: HTTP/1.1 says so in the answer, HTTP/2 in a GOAWAY frame.</summary>
    public void OnRequest()
    {
        if (_isDue)
        {
            RequestClose();
        }
    }

    // Once a second, one at a time.
    private void OnHeartbeat()
    {
        if (_credential.Stage == CredentialStage.Current)
        {
            _replacedAt = 0;
            _isDue = false;
            return;
        }

        if (_replacedAt == 0)
        {
            _replacedAt = _time.GetTimestamp();
        }

        // The second half of the time is for connections to see a request, and no less than until the next heartbeat: closing a busy connection
        // in the gap between two requests would meet one that its client is just sending.
        var elapsed = _time.GetElapsedTime(_replacedAt);
        var wasDue = _isDue;
        _isDue = elapsed >= _drainTime * (_turn / 2);
        if (wasDue && elapsed >= _drainTime * ((1 + _turn) / 2))
        {
            RequestClose();
        }
    }

    private void RequestClose() => _connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();

    private Task EndAsync()
    {
        _hold.Dispose();
        return Task.CompletedTask;
    }
}
