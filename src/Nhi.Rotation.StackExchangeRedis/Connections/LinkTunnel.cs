using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Nhi.Rotation.StackExchangeRedis.Connections;

/// <summary>
/// Sees each physical connection before its handshake. The library asks for user and password with no word of the connection they are for; a value that
/// flows with the connection's own asynchronous call tells. The user's own tunnel works as before.
/// </summary>
/// <param name="opened">Called when a socket is connected and its handshake begins.</param>
/// <param name="inner">The user's own tunnel, if any.</param>
internal sealed class LinkTunnel(Action<RedisLink> opened, Tunnel? inner) : Tunnel
{
    private static readonly AsyncLocal<RedisLink?> Connecting = new();

    /// <summary>The connection that this asynchronous call opens, or reads from.</summary>
    public static RedisLink? Current => Connecting.Value;

    public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) =>
        inner?.GetSocketConnectEndpointAsync(endpoint, cancellationToken) ?? base.GetSocketConnectEndpointAsync(endpoint, cancellationToken);

    // Not async: what an async method sets does not flow to its caller.
    public override ValueTask BeforeSocketConnectAsync(EndPoint endPoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
    {
        Connecting.Value = new RedisLink(endPoint, connectionType, socket);
        return inner?.BeforeSocketConnectAsync(endPoint, connectionType, socket, cancellationToken) ?? default;
    }

    public override ValueTask<Stream?> BeforeAuthenticateAsync(EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
    {
        if (Connecting.Value is { } link)
        {
            opened(link);
        }

        return inner?.BeforeAuthenticateAsync(endpoint, connectionType, socket, cancellationToken) ?? default;
    }
}
