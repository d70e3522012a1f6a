using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AwsParameterStore.Telemetry;

/// <summary>What the package says. Event ids 430 to 439; they are part of the contract with whoever alerts on them.</summary>
internal static partial class Log
{
    [LoggerMessage(430, LogLevel.Information, "Credential '{Credential}': Parameter Store sent {EventName}; it is asked.")]
    public static partial void Signalled(ILogger logger, string credential, string eventName);

    [LoggerMessage(431, LogLevel.Warning, "The value of version '{Version}' ({Label}) could not be read and is asked for again at the next refresh; the current version is not affected. {Error}")]
    public static partial void ValueMissing(ILogger logger, string version, VersionLabel label, string error);

    [LoggerMessage(432, LogLevel.Warning, "Credential '{Credential}' (owner: {Owner}): a policy of its parameter says {Policy}. Put a new version into Parameter Store.")]
    public static partial void PolicySpoke(ILogger logger, string credential, string owner, string policy);
}
