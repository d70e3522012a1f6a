using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Telemetry;

/// <summary>What OAuth clients say. Event ids 540 to 559.</summary>
internal static partial class Log
{
    [LoggerMessage(540, LogLevel.Warning, "HttpClient '{Client}': the token endpoint refused version '{Rejected}' of credential '{Credential}'; version '{Other}' is tried. Check that the new secret is active there.")]
    public static partial void SecretRefused(ILogger logger, string client, string credential, string rejected, string other);
}
