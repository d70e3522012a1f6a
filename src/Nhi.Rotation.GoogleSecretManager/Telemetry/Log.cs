using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.GoogleSecretManager.Telemetry;

/// <summary>What the package says. Event ids 410 to 419; they are part of the contract with whoever alerts on them.</summary>
internal static partial class Log
{
    [LoggerMessage(410, LogLevel.Information, "Credential '{Credential}': Secret Manager sent {EventName}; it is asked.")]
    public static partial void Signalled(ILogger logger, string credential, string eventName);

    [LoggerMessage(411, LogLevel.Warning, "The value of version '{Version}' ({Label}) could not be read and is asked for again at the next refresh; the current version is not affected. {Error}")]
    public static partial void ValueMissing(ILogger logger, string version, VersionLabel label, string error);

    [LoggerMessage(412, LogLevel.Warning, "A Pub/Sub message was refused: {Why}. {More} more were refused since this was last said.")]
    public static partial void Refused(ILogger logger, string why, int more);

    [LoggerMessage(413, LogLevel.Error, "Pub/Sub's tokens cannot be verified ({Error}), so its messages are told to come again. Check the network path to www.googleapis.com. Until then changes are found by polling only.")]
    public static partial void CannotVerify(ILogger logger, string error);

    [LoggerMessage(414, LogLevel.Warning, "Credential '{Credential}' (owner: {Owner}): its secret is due for rotation, says Secret Manager. Add a new version.")]
    public static partial void RotationDue(ILogger logger, string credential, string owner);
}
