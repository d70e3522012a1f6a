using System.Net;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis;

/// <summary>Asks servers whether they accept a version.</summary>
internal sealed class RedisAuthentication(ConfigurationOptions options, string? userName, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // Nothing that asks about the topology, or the probe of one server would connect to all.
    private static readonly HashSet<string> ProbeCommands = ["AUTH", "HELLO", "CLIENT", "ECHO", "PING"];

    /// <summary>Authenticates the open connection to a server. One that is authenticated already stays so if the server refuses.</summary>
    /// <returns>The answer, and the type of the error if there is none.</returns>
    public async Task<(AuthAnswer Answer, string? ErrorType)> AuthenticateAsync(IServer server, Credential version)
    {
        try
        {
            var login = UsernamePassword.Parse(version);
            object[] arguments = (login.Username ?? userName) is { } user ? [user, login.Password] : [login.Password];
            await server.ExecuteAsync("AUTH", arguments, CommandFlags.NoRedirect).WaitAsync(Timeout, time).ConfigureAwait(false);
            return (AuthAnswer.Accepted, null);
        }
        catch (RedisServerException error) when (IsRefusal(error))
        {
            return (AuthAnswer.Rejected, null);
        }
#pragma warning disable CA1031 // Of an error here nothing but the type may be told, and the attempt is repeated.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return (AuthAnswer.Unknown, error.GetType().Name);
        }
    }

    /// <summary>Opens a connection of its own to a server, asks, and closes it: for when the library cannot connect and does not tell why.</summary>
    public async Task<AuthAnswer> ProbeAsync(EndPoint endPoint, Credential version)
    {
        try
        {
            var login = UsernamePassword.Parse(version);
            var probe = options.Clone();
            probe.Defaults = ((RotatingDefaults)options.Defaults).Inner;
            probe.Tunnel = ((LinkTunnel)options.Tunnel!).Inner;

            // For all servers one name can be expected on the certificate, which the defaults find from the end points that there were at first.
            probe.SslHost = options.SslHost ?? options.Defaults.GetSslHostFromEndpoints(options.EndPoints);
            probe.EndPoints.Clear();
            probe.EndPoints.Add(endPoint);
            probe.ServiceName = null;
            probe.User = login.Username ?? userName;
            probe.Password = login.Password;
            probe.CommandMap = CommandMap.Create(ProbeCommands, available: true);
            probe.ConfigurationChannel = string.Empty;
            probe.TieBreaker = string.Empty;
            probe.AbortOnConnectFail = true;
            probe.ConnectRetry = 1;
            var multiplexer = await ConnectionMultiplexer.ConnectAsync(probe).WaitAsync(Timeout, time).ConfigureAwait(false);
            await using (multiplexer.ConfigureAwait(false))
            {
                var (answer, _) = await AuthenticateAsync(multiplexer.GetServers()[0], version).ConfigureAwait(false);
                return answer;
            }
        }
        catch (RedisConnectionException error) when (error.InnerException is RedisServerException inner && IsRefusal(inner))
        {
            return AuthAnswer.Rejected;
        }
#pragma warning disable CA1031 // As above.
        catch (Exception)
#pragma warning restore CA1031
        {
            return AuthAnswer.Unknown;
        }
    }

    // NOAUTH is what a connection gets whose AUTH was refused.
    private static bool IsRefusal(RedisServerException error) => error.Kind is RedisErrorKind.WrongPass or RedisErrorKind.NoAuth;
}
