using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Telemetry;

/// <summary>What is said of certificates. Event ids 460 to 479.</summary>
internal static partial class Log
{
    [LoggerMessage(460, LogLevel.Error, "Credential '{Credential}': {Cause}. The version is left out; if there are others, they are used. {Fix}")]
    public static partial void CertificateRefused(ILogger logger, string credential, string cause, string fix);
}
