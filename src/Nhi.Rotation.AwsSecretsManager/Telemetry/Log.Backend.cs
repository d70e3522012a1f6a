using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AwsSecretsManager.Telemetry;

/// <summary>What the backend says. Event ids 400 to 449; they are part of the contract with whoever alerts on them.</summary>
internal static partial class Log
{
    [LoggerMessage(400, LogLevel.Warning, "{Where} refused secretsmanager:BatchGetSecretValue, so values are read one by one until the app restarts. Grant it on '*' to save calls, or ignore this.")]
    public static partial void BatchDenied(ILogger logger, string where);

    [LoggerMessage(401, LogLevel.Warning, "The value of version '{Version}' ({Label}) could not be read and is asked for again at the next refresh; the current version is not affected. {Error}")]
    public static partial void ValueMissing(ILogger logger, string version, VersionLabel label, string error);
}
