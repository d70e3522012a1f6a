using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Npgsql.Telemetry;

/// <summary>What data sources say. Event ids 500 to 519.</summary>
internal static partial class NpgsqlLog
{
    [LoggerMessage(500, LogLevel.Information, "Data source '{DataSource}': connections are opened with version '{Version}' of credential '{Credential}'; {Count} of older versions are drained.")]
    public static partial void Switched(ILogger logger, string dataSource, string credential, string version, int count);

    [LoggerMessage(501, LogLevel.Information, "Data source '{DataSource}': no connection of an older version of credential '{Credential}' is left, {Elapsed} after the switch.")]
    public static partial void Drained(ILogger logger, string dataSource, string credential, TimeSpan elapsed);

    [LoggerMessage(502, LogLevel.Warning, "Data source '{DataSource}': the server refused version '{Rejected}' of credential '{Credential}' ({Reason}); the connection is opened with version '{Other}'.")]
    public static partial void OpenedAgain(ILogger logger, string dataSource, string credential, string rejected, string reason, string other);

    [LoggerMessage(503, LogLevel.Warning, "Data source '{DataSource}': the server refused version '{Rejected}' of credential '{Credential}' ({Reason}), and there is no other version to try.")]
    public static partial void NotOpenedAgain(ILogger logger, string dataSource, string credential, string rejected, string reason);

    [LoggerMessage(504, LogLevel.Warning, "Data source '{DataSource}': the connection to server process {ProcessId} was closed under its user, because version '{Version}' of credential '{Credential}' was replaced or revoked too long ago.")]
    public static partial void Closed(ILogger logger, string dataSource, string credential, string version, int processId);

    [LoggerMessage(505, LogLevel.Warning, "Data source '{DataSource}': the connection to server process {ProcessId} should have been returned, because version '{Version}' of credential '{Credential}' was replaced or revoked; it is closed when its command ends.")]
    public static partial void StillBusy(ILogger logger, string dataSource, string credential, string version, int processId);

    [LoggerMessage(506, LogLevel.Warning, "Data source '{DataSource}': the connection to server process {ProcessId} is still checked out, minutes after version '{Version}' of credential '{Credential}' was replaced. The old version is in use until it is returned.")]
    public static partial void StillHeld(ILogger logger, string dataSource, string credential, string version, int processId);

    [LoggerMessage(507, LogLevel.Warning, "Data source '{DataSource}': a login with version '{Suspected}' of credential '{Credential}' failed for no stated reason ({Reason}); version '{Other}' is tried, to know whether it was refused.")]
    public static partial void Suspected(ILogger logger, string dataSource, string credential, string suspected, string reason, string other);
}
