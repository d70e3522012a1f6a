using Nhi.Rotation.StackExchangeRedis.Connections;

namespace Nhi.Rotation.StackExchangeRedis.Servers;

/// <summary>The connections to one server. Safe for concurrent use.</summary>
internal sealed class ServerLinks
{
    private readonly Lock _gate = new();
    private readonly List<RedisLink> _links = [];
    private readonly List<RedisLink> _gone = [];

    /// <summary>Those that use the credential.</summary>
    public IReadOnlyList<RedisLink> Open
    {
        get
        {
            lock (_gate)
            {
                return [.. _links.Where(static link => link.Version is not null)];
            }
        }
    }

    public void Add(RedisLink link)
    {
        lock (_gate)
        {
            _links.Add(link);
        }
    }

    /// <summary>Lets go of connections that are closed, and forgets those that it let go of before.</summary>
    /// <param name="unheard">What to make of them where it is not heard why they ended.</param>
    /// <returns>Whether there are some to forget.</returns>
    public bool Sweep(AuthReply? unheard)
    {
        lock (_gate)
        {
            _gone.ForEach(static link => link.Forget());
            _gone.Clear();
            _gone.AddRange(_links.FindAll(static link => link.IsClosed));
            _links.RemoveAll(_gone.Contains);
            foreach (var link in _gone)
            {
                link.LetGo();
                if (unheard is { } reply)
                {
                    link.Fail(reply);
                }
            }

            return _gone.Count > 0;
        }
    }

    /// <summary>Lets go of all connections.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _links.ForEach(static link => link.LetGo());
            _links.Clear();
        }
    }
}
