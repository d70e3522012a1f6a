using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>
/// A request that an API key opened, for as long as it goes on: a WebSocket, a stream, a long answer. It holds the version where that counts, which is once the
/// version is old. Safe for concurrent use.
/// </summary>
internal sealed class ApiKeySession(OpenSessions all, string clientId, HttpContext context, CredentialMatch match, SessionEnd end, ILogger logger) : IDisposable
{
    private readonly Lock _gate = new();
    private IDisposable? _hold;
    private bool _isOver;

    /// <summary>Its place among the open ones.</summary>
    public LinkedListNode<ApiKeySession>? Place { get; set; }

    /// <summary>Whether its version has ended in a way that ends the session too.</summary>
    public bool HasEnded => match.LiveStage switch
    {
        CredentialStage.Revoked => end != SessionEnd.Never,
        CredentialStage.Retired => end == SessionEnd.AtRetirement,
        _ => false,
    };

    /// <summary>Holds the version from now on.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _hold ??= _isOver ? null : match.Hold();
        }
    }

    /// <summary>The stages changed: holds a version that is old now, and cuts what was opened with one that has ended.</summary>
    public void Follow()
    {
        if (match.LiveStage != CredentialStage.Current)
        {
            Hold();
        }

        if (!HasEnded)
        {
            return;
        }

        // Under the lock, for a server uses the context again for the next request as soon as this one is over.
        lock (_gate)
        {
            if (!_isOver)
            {
                ApiKeyLog.SessionClosed(logger, all.CredentialName, clientId, context.Connection.RemoteIpAddress, match.VersionId!, match.LiveStage);
                context.Abort();
            }
        }
    }

    public void Dispose()
    {
        all.Remove(this);
        lock (_gate)
        {
            _isOver = true;
            _hold?.Dispose();
            _hold = null;
        }
    }
}
