using System.Net;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.StackExchangeRedis.Connections;
using Nhi.Rotation.StackExchangeRedis.Servers;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Nhi.Rotation.StackExchangeRedis;

/// <summary>The defaults that were there before, with user and password of the rotating credential. The library reads both at each connect.</summary>
internal sealed class RotatingDefaults(RedisRotation rotation, DefaultOptionsProvider inner) : DefaultOptionsProvider
{
    public override string? User
    {
        get
        {
            if (LinkTunnel.Current is not { } link)
            {
                return rotation.UserName;
            }

            link.Login = rotation.Present(link);
            return link.Login.Username ?? rotation.UserName;
        }
    }

    public override string? Password
    {
        get
        {
            if (LinkTunnel.Current is not { } link)
            {
                return null;
            }

            var login = link.Login ?? rotation.Present(link);
            link.Login = null;
            return login.Password;
        }
    }

    public override string? Name => inner.Name;

    public override bool AbortOnConnectFail => inner.AbortOnConnectFail;

    public override bool AllowAdmin => inner.AllowAdmin;

    public override BacklogPolicy BacklogPolicy => inner.BacklogPolicy;

    public override bool CheckCertificateRevocation => inner.CheckCertificateRevocation;

    public override bool HighIntegrity => inner.HighIntegrity;

    public override bool SharedSubscriptionConnection => inner.SharedSubscriptionConnection;

    public override int ConnectRetry => inner.ConnectRetry;

    public override TimeSpan? ConnectTimeout => inner.ConnectTimeout;

    public override CommandMap? CommandMap => inner.CommandMap;

    public override string ConfigurationChannel => inner.ConfigurationChannel;

    public override Version DefaultVersion => inner.DefaultVersion;

    public override TimeSpan HeartbeatInterval => inner.HeartbeatInterval;

    public override bool HeartbeatConsistencyChecks => inner.HeartbeatConsistencyChecks;

    public override bool IncludeDetailInExceptions => inner.IncludeDetailInExceptions;

    public override bool IncludePerformanceCountersInExceptions => inner.IncludePerformanceCountersInExceptions;

    public override TimeSpan KeepAliveInterval => inner.KeepAliveInterval;

    public override ILoggerFactory? LoggerFactory => inner.LoggerFactory;

    public override Proxy Proxy => inner.Proxy;

    public override IReconnectRetryPolicy? ReconnectRetryPolicy => inner.ReconnectRetryPolicy;

    public override bool ResolveDns => inner.ResolveDns;

    public override TimeSpan SyncTimeout => inner.SyncTimeout;

    public override string TieBreaker => inner.TieBreaker;

    public override TimeSpan ConfigCheckInterval => inner.ConfigCheckInterval;

    public override TimeSpan TopologyRefreshInterval => inner.TopologyRefreshInterval;

    public override string LibraryName => inner.LibraryName;

    public override bool SetClientLibrary => inner.SetClientLibrary;

    public override RedisProtocol? Protocol => inner.Protocol;

    public override MaintenanceNotificationMode MaintenanceNotifications => inner.MaintenanceNotifications;

    public override MaintenanceEndpointType MaintenanceMovingEndpointType => inner.MaintenanceMovingEndpointType;

    public override TimeSpan MaintenanceRelaxedTimeout => inner.MaintenanceRelaxedTimeout;

    public override TimeSpan? MaintenanceRelaxedWindowMax => inner.MaintenanceRelaxedWindowMax;

    public override TimeSpan? MaintenancePostEventRelaxedDuration => inner.MaintenancePostEventRelaxedDuration;

    public override bool TcpKeepAlive => inner.TcpKeepAlive;

    public override bool IsMatch(EndPoint endpoint) => inner.IsMatch(endpoint);

    public override bool GetDefaultSsl(EndPointCollection endPoints) => inner.GetDefaultSsl(endPoints);

    public override string? GetSslHostFromEndpoints(EndPointCollection endPoints) => inner.GetSslHostFromEndpoints(endPoints);

    public override async Task AfterConnectAsync(ConnectionMultiplexer multiplexer, Action<string> log)
    {
        await inner.AfterConnectAsync(multiplexer, log).ConfigureAwait(false);
        rotation.Connected(multiplexer);
    }

    protected override string GetDefaultClientName() => inner.ClientName;
}
