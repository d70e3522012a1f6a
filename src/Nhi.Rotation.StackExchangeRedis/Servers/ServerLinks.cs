using Nhi.Rotation.StackExchangeRedis.Connections;

namespace Nhi.Rotation.StackExchangeRedis.Servers;

/// <summary>The connections to one server. Safe for concurrent use.</summary>
internal sealed class ServerLinks
{
    private readonly Lock _gate = new();
    private readonly List<RedisLink> _links = [];

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

    /// <summary>Lets go of connections that are closed.</summary>
    /// <returns>These, once.</returns>
    public IReadOnlyList<RedisLink> Sweep() => LetGo(static link => link.IsClosed);

    /// <summary>Lets go of all connections.</summary>
    public void Clear() => LetGo(static _ => true);

    private List<RedisLink> LetGo(Predicate<RedisLink> which)
    {
        lock (_gate)
        {
            var gone = _links.FindAll(which);
            _links.RemoveAll(which);
            foreach (var link in gone)
            {
                link.LetGo();
            }

            return gone;
        }
    }
}
