using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>The requests of one client that go on at the moment. Safe for concurrent use.</summary>
internal sealed class OpenSessions(IRotatingCredentialProvider keys)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<ApiKeySession> _open = [];
    private bool _isFollowing;

    public string CredentialName => keys.Name;

    public void Add(ApiKeySession session)
    {
        lock (_gate)
        {
            session.Place = _open.AddLast(session);
            if (!_isFollowing)
            {
                // For as long as the app runs, as the provider does.
                _isFollowing = true;
                ChangeToken.OnChange(keys.GetChangeToken, Follow);
            }
        }
    }

    public void Remove(ApiKeySession session)
    {
        lock (_gate)
        {
            if (session.Place is { } place)
            {
                _open.Remove(place);
                session.Place = null;
            }
        }
    }

    private void Follow()
    {
        ApiKeySession[] open;
        lock (_gate)
        {
            open = [.. _open];
        }

        foreach (var session in open)
        {
            session.Follow();
        }
    }
}
