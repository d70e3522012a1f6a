using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Telemetry;

/// <summary>What the HttpClient integration says. Event ids 300 to 349.</summary>
internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Warning, "HttpClient '{Client}': a request to {Host} went out without credential '{Credential}', which that host may not see. If it may, write AllowHosts(\"{Entry}\"). Said once for each host.")]
    public static partial void SentWithoutCredential(ILogger logger, string client, string credential, string host, string entry);

    [LoggerMessage(301, LogLevel.Warning, "HttpClient '{Client}': credential '{Credential}' replaced the {Place} that a request already had. Remove the code that sets it, or write Replaces() if that is how it is meant. Said once.")]
    public static partial void ReplacedByHand(ILogger logger, string client, string credential, string place);

    [LoggerMessage(302, LogLevel.Debug, "HttpClient '{Client}': version '{Rejected}' of credential '{Credential}' was rejected; the request is repeated with version '{Other}'.")]
    public static partial void Replayed(ILogger logger, string client, string credential, string rejected, string other);

    [LoggerMessage(303, LogLevel.Debug, "HttpClient '{Client}': version '{Rejected}' of credential '{Credential}' was rejected; the request is not repeated, because {Cause}.")]
    public static partial void NotReplayed(ILogger logger, string client, string credential, string rejected, string cause);
}
