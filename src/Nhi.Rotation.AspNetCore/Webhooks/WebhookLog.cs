using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>What webhooks say. Event ids 420 to 439; nothing of a message or its signature is in it.</summary>
internal static partial class WebhookLog
{
    public const string Category = "Nhi.Rotation.Webhooks";

    [LoggerMessage(420, LogLevel.Information, "Webhook '{Endpoint}': a message from {Remote} was refused with status {Status}. {Cause}")]
    public static partial void Refused(ILogger logger, string endpoint, string? remote, int status, string cause);

    [LoggerMessage(421, LogLevel.Warning, "Webhook '{Endpoint}': a message from {Remote} was signed with version '{Version}' of credential '{Credential}', which is {Stage}, and was refused. Move sender '{Caller}' to the current version. Said at most every 10 s.")]
    public static partial void SignedOutOfService(ILogger logger, string endpoint, string? remote, string credential, string? version, CredentialStage stage, string? caller);

    [LoggerMessage(422, LogLevel.Information, "Webhook '{Endpoint}': a message that was accepted before came again from {Remote} and was {Answer}.")]
    public static partial void Repeated(ILogger logger, string endpoint, string? remote, string answer);

    [LoggerMessage(423, LogLevel.Warning, "Webhook '{Endpoint}': more than {Capacity} messages in {Retention}; the oldest are forgotten, and could be accepted twice. Raise MaxRememberedMessages.")]
    public static partial void MemoryFull(ILogger logger, string endpoint, int capacity, TimeSpan retention);

    [LoggerMessage(424, LogLevel.Error, "Webhook '{Endpoint}': version '{Version}' of credential '{Credential}' is no key for scheme '{Scheme}': it must be base64. Messages signed with it are refused. Correct the value in the backend. Said once for each version.")]
    public static partial void UnusableKey(ILogger logger, string endpoint, string credential, string version, string scheme);

    [LoggerMessage(425, LogLevel.Error, "Webhook '{Endpoint}': credential '{Credential}' has no version to verify with; messages are answered with 503, so that senders try again. Add a valid version to the backend. Said at most every 10 s.")]
    public static partial void NoKey(ILogger logger, string endpoint, string credential);

    [LoggerMessage(426, LogLevel.Warning, "HttpClient '{Client}': webhooks are not signed with version '{Version}' of credential '{Credential}': it is no key for scheme '{Scheme}'. Correct the value in the backend. Said once for each version.")]
    public static partial void NotSignedWith(ILogger logger, string client, string credential, string version, string scheme);

    [LoggerMessage(427, LogLevel.Warning, "Webhook '{Endpoint}': the distributed cache failed ({Error}); meanwhile a message that another instance accepted could be run again by this one. Said at most every 10 s.")]
    public static partial void CacheFailed(ILogger logger, string endpoint, string error);
}
