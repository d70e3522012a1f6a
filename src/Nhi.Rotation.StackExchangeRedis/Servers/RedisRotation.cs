using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.StackExchangeRedis.Connections;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Servers;

/// <summary>Brings all connections of one set of options to the current version, and keeps an account of the version each one has.</summary>
internal sealed class RedisRotation : IDisposable
{
    private readonly ConcurrentDictionary<EndPoint, RedisNode> _nodes = new();
    private readonly RedisSetup _setup;
    private readonly IDisposable _changes;

    public RedisRotation(IRotatingCredentialProvider provider, ConfigurationOptions options, RedisTerms terms, TimeProvider time)
    {
        _setup = new RedisSetup(provider, options, terms, time);
        _changes = ChangeToken.OnChange(provider.GetChangeToken, WakeAll);
    }

    /// <summary>The user that the options name, for versions that are a password alone.</summary>
    public string? UserName => _setup.UserName;

    /// <summary>Whether another version waits to be presented, so that a connect is worth while before the library's own time for it.</summary>
    public bool IsReconnectDue => _nodes.Values.Any(static node => node.Logins.HasOther);

    /// <summary>A socket is connected and its handshake begins.</summary>
    public void Opened(RedisLink link) => Node(link.EndPoint).Add(link);

    /// <summary>A multiplexer is connected for the first time.</summary>
    public void Connected(ConnectionMultiplexer multiplexer)
    {
        _setup.Multiplexers.Add(multiplexer);
        multiplexer.ConnectionFailed += (_, _) => WakeAll();
        multiplexer.ConnectionRestored += (_, restored) =>
        {
            if (restored.EndPoint is { } endPoint)
            {
                Node(endPoint).Establish(restored.ConnectionType == ConnectionType.Subscription);
            }
        };
        foreach (var server in multiplexer.GetServers().Where(static server => server.IsConnected))
        {
            Node(server.EndPoint).Establish(isSubscription: false);
        }
    }

    /// <summary>Chooses the version for a new connection.</summary>
    /// <exception cref="CredentialException">Nothing is presentable, or nothing can be read.</exception>
    public RedisLogin Present(RedisLink link)
    {
        var login = Node(link.EndPoint).Logins.Choose(link.IsSubscription);
        link.Present(login, _setup.Time.GetTimestamp());
        return _setup.Terms.Read(login.Version);
    }

    /// <summary>Looks at why servers could not be connected to.</summary>
    /// <returns>Whether another version is there to try.</returns>
    public async Task<bool> FindOtherAsync()
    {
        await Task.WhenAll(_nodes.Values.Select(static node => node.HearAsync())).ConfigureAwait(false);
        return IsReconnectDue;
    }

    public void Dispose()
    {
        _changes.Dispose();
        foreach (var node in _nodes.Values)
        {
            node.Dispose();
        }
    }

    private RedisNode Node(EndPoint endPoint) => _nodes.GetOrAdd(endPoint, static (endPoint, setup) => new RedisNode(endPoint, setup), _setup);

    private void WakeAll()
    {
        foreach (var node in _nodes.Values)
        {
            node.Wake();
        }
    }
}
