using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AwsSecretsManager.Telemetry;

/// <summary>What the reader of a queue says. Event ids 452 to 459.</summary>
internal static partial class Log
{
    [LoggerMessage(452, LogLevel.Error, "Queue {Queue} cannot be read: {Cause}. {Fix} Until then changes are found by polling only. Next try in {Wait}.")]
    public static partial void QueueFailed(ILogger logger, Uri queue, string cause, string fix, TimeSpan wait);

    [LoggerMessage(453, LogLevel.Warning, "{Failed} of {Count} messages could not be deleted from queue {Queue}: {Cause}. {Fix} They come back and are passed over. The queue is read again in {Wait}.")]
    public static partial void DeleteFailed(ILogger logger, Uri queue, int failed, int count, string cause, string fix, TimeSpan wait);

    [LoggerMessage(454, LogLevel.Debug, "A message that is no event of a store in use was deleted from the queue. Narrow the rule that fills it if there are many.")]
    public static partial void ForeignMessage(ILogger logger);

    [LoggerMessage(455, LogLevel.Information, "Queue {Queue} is read again.")]
    public static partial void QueueReadAgain(ILogger logger, Uri queue);

    [LoggerMessage(456, LogLevel.Error, "A message of queue {Queue} could not be handled ({Error}) and was deleted. What it told of is found by polling. Report this as a defect.")]
    public static partial void MessageFailed(ILogger logger, Uri queue, string? error);

    [LoggerMessage(457, LogLevel.Warning, "Queue {Queue} is read for nobody: no credential is stored where its events come from. Add one, such as with FromAwsSecretsManager, or take the queue away.")]
    public static partial void NobodyToTell(ILogger logger, Uri queue);
}
