using System.Collections.Concurrent;
using System.Net;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Connections;

/// <summary>The multiplexers that were connected with one set of options. They are not kept alive.</summary>
internal sealed class Multiplexers
{
    private readonly ConcurrentDictionary<WeakReference<ConnectionMultiplexer>, bool> _all = new();

    public void Add(ConnectionMultiplexer multiplexer) => _all.TryAdd(new WeakReference<ConnectionMultiplexer>(multiplexer), true);

    /// <summary>A server as each multiplexer sees it that is connected to it.</summary>
    public IReadOnlyList<IServer> Connected(EndPoint endPoint)
    {
        var servers = new List<IServer>();
        foreach (var (reference, _) in _all)
        {
            if (reference.TryGetTarget(out var multiplexer))
            {
                servers.AddRange(multiplexer.GetServers().Where(server => server.IsConnected && server.EndPoint.Equals(endPoint)));
            }
            else
            {
                _all.TryRemove(reference, out _);
            }
        }

        return servers;
    }
}
