using System.Net;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>What API key authentication says. Event ids 400 to 419; listed in docs/telemetry.md.</summary>
internal static partial class ApiKeyLog
{
    [LoggerMessage(400, LogLevel.Warning, "Credential '{Credential}': client '{Client}' at {RemoteAddress} presented version '{Version}', which is {Stage}, and was refused. It still depends on the old key: tell its owner. Said at most every 10 s for each client.")]
    public static partial void OldKeyRefused(ILogger logger, string credential, string client, IPAddress? remoteAddress, string version, CredentialStage stage);

    [LoggerMessage(401, LogLevel.Debug, "Credential '{Credential}': client '{Client}' presented version '{Version}', which is {Stage} and still accepted.")]
    public static partial void OldKeyAccepted(ILogger logger, string credential, string client, string version, CredentialStage stage);

    [LoggerMessage(402, LogLevel.Debug, "An API key from {RemoteAddress} was refused: {Refusal}")]
    public static partial void Refused(ILogger logger, IPAddress? remoteAddress, string refusal);

    [LoggerMessage(403, LogLevel.Warning, "Credential '{Credential}': a session of client '{Client}' at {RemoteAddress} was cut: it was opened with version '{Version}', which is {Stage} now.")]
    public static partial void SessionClosed(ILogger logger, string credential, string client, IPAddress? remoteAddress, string version, CredentialStage stage);

    [LoggerMessage(404, LogLevel.Information, "Credential '{Credential}': '{Caller}' in the evidence is {RemoteAddress} with the product '{Product}'. Said once for each place.")]
    public static partial void PlaceSeen(ILogger logger, string credential, string caller, IPAddress? remoteAddress, string product);
}
