using System.Net;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.StackExchangeRedis.Servers;

/// <summary>What the Redis integration says. Event ids 520 to 539; they are part of the contract with whoever alerts on them.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(520, LogLevel.Information, "Redis {Server}: the connections are authenticated with version '{Version}' of credential '{Credential}'.")]
    public static partial void Authenticated(ILogger logger, EndPoint server, string version, string credential);

    [LoggerMessage(521, LogLevel.Error, "Redis {Server} refused version '{Version}' of credential '{Credential}'. Add its password to the user there. It is tried again; connections that are open stay with the version they have.")]
    public static partial void Refused(ILogger logger, EndPoint server, string version, string credential);

    [LoggerMessage(522, LogLevel.Warning, "Redis {Server}: authentication with version '{Version}' of credential '{Credential}' got no answer that tells ({ErrorType}). It is tried again.")]
    public static partial void Unanswered(ILogger logger, EndPoint server, string version, string credential, string errorType);

    [LoggerMessage(523, LogLevel.Information, "Redis {Server}: a subscription connection is closed and opened again, because it cannot change from version '{Old}' to '{New}' of credential '{Credential}' while it is open.")]
    public static partial void SubscriptionReopened(ILogger logger, EndPoint server, string old, string @new, string credential);
}
