using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AwsSecretsManager.Telemetry;

/// <summary>What events of Secrets Manager lead to. Event ids 450 and 451.</summary>
internal static partial class Log
{
    [LoggerMessage(450, LogLevel.Information, "Credential '{Credential}': Secrets Manager sent {EventName}; it is asked.")]
    public static partial void Signalled(ILogger logger, string credential, string eventName);

    [LoggerMessage(451, LogLevel.Error, "Credential '{Credential}' (owner: {Owner}): its rotation failed in Secrets Manager. The current version stays in use. Look at the log of the rotation function and rotate again.")]
    public static partial void RotationFailed(ILogger logger, string credential, string owner);
}
