using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Spiffe.Telemetry;

/// <summary>What is said of the Workload API and of peers. Event ids 560 to 579, category <c>Nhi.Rotation.Spiffe</c>.</summary>
internal static partial class Log
{
    public const string Category = "Nhi.Rotation.Spiffe";

    [LoggerMessage(560, LogLevel.Information, "The SPIFFE Workload API sends {What}.")]
    public static partial void StreamOpened(ILogger logger, string what);

    [LoggerMessage(561, LogLevel.Warning, "The stream of {What} broke: {Cause}. {Fix} What is valid stays in use to its end. Next try in {Wait}.")]
    public static partial void StreamBroken(ILogger logger, string what, string cause, string fix, TimeSpan wait);

    [LoggerMessage(562, LogLevel.Error, "There are no {What}: {Cause}. {Fix}")]
    public static partial void StreamGivenUp(ILogger logger, string what, string cause, string fix);

    [LoggerMessage(563, LogLevel.Error, "The trust bundle of {TrustDomain} cannot be read: {Cause}. The one before stays, if there was one. Look at the SPIFFE server that published it.")]
    public static partial void BundleRefused(ILogger logger, string trustDomain, string cause);

    [LoggerMessage(564, LogLevel.Information, "Trusted in {TrustDomain} now: {What}.")]
    public static partial void BundleChanged(ILogger logger, string trustDomain, string what);

    [LoggerMessage(565, LogLevel.Warning, "Nobody of {TrustDomain} is trusted any more: the SPIFFE Workload API does not send its bundle of {What}.")]
    public static partial void BundleGone(ILogger logger, string trustDomain, string what);

    [LoggerMessage(566, LogLevel.Warning, "The SPIFFE Workload API sends revocation lists, which are not looked at: a certificate on one is accepted to its end.")]
    public static partial void RevocationListsIgnored(ILogger logger);

    [LoggerMessage(567, LogLevel.Warning, "A TLS {Side} is refused: {Reason}. {More} more were refused since this was last said, at most every 10 s.")]
    public static partial void PeerRefused(ILogger logger, string side, string reason, int more);
}
