using System.Net;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Control;

/// <summary>What operators did. Event ids 480 to 489.</summary>
internal static partial class ControlLog
{
    public const string Category = "Nhi.Rotation.AspNetCore.Control";

    [LoggerMessage(480, LogLevel.Information, "Credential '{Credential}': {Operator} at {RemoteAddress} asked for a refresh. Why: {Why}")]
    public static partial void Refreshed(ILogger logger, string credential, string @operator, IPAddress? remoteAddress, string why);

    [LoggerMessage(481, LogLevel.Warning, "Credential '{Credential}': {Operator} at {RemoteAddress} revoked version '{Version}'. Why: {Why}")]
    public static partial void Revoked(ILogger logger, string credential, string @operator, IPAddress? remoteAddress, string version, string why);

    [LoggerMessage(482, LogLevel.Warning, "A control request of {Operator} at {RemoteAddress} was refused. {Cause}")]
    public static partial void Refused(ILogger logger, string @operator, IPAddress? remoteAddress, string cause);

    [LoggerMessage(483, LogLevel.Warning, "Credential '{Credential}': {Operator} at {RemoteAddress} asked for version '{Version}' to be ended in its store, for all that read it. Why: {Why}")]
    public static partial void RevokedInStore(ILogger logger, string credential, string @operator, IPAddress? remoteAddress, string version, string why);
}
