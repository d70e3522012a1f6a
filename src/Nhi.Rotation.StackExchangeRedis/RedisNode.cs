using System.Net;

namespace Nhi.Rotation.StackExchangeRedis;

/// <summary>One server: its connections, and the version it refused. Servers of one deployment can differ, because Redis does not replicate ACLs.</summary>
internal sealed class RedisNode(EndPoint endPoint)
{
    private readonly Lock _gate = new();
    private readonly List<RedisLink> _links = [];

    public EndPoint EndPoint => endPoint;

    /// <summary>The id of the current version, if this server refused it when it was asked last.</summary>
    public string? RefusedVersion { get; set; }

    /// <summary>A version that was presented on a connection that ended before it was confirmed, to be asked about.</summary>
    public Credential? Suspect { get; private set; }

    public void Add(RedisLink link)
    {
        lock (_gate)
        {
            _links.Add(link);
        }
    }

    /// <summary>Lets go of connections that are closed.</summary>
    /// <returns>The others that use the credential.</returns>
    public IReadOnlyList<RedisLink> Sweep()
    {
        lock (_gate)
        {
            foreach (var link in _links.Where(static link => link.IsClosed))
            {
                link.End();
                Suspect = link.IsConfirmed ? Suspect : link.Version ?? Suspect;
            }

            _links.RemoveAll(static link => link.IsClosed);
            return [.. _links.Where(static link => link.Version is not null)];
        }
    }

    public void Cleared() => Suspect = null;
}
