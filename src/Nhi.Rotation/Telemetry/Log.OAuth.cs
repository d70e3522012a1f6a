using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Telemetry;

/// <summary>What OAuth clients say. Event ids 540 to 559.</summary>
internal static partial class Log
{
    [LoggerMessage(540, LogLevel.Warning, "HttpClient '{Client}': the token endpoint refused version '{Rejected}' of credential '{Credential}'; version '{Other}' is tried. Check that the new secret is active there.")]
    public static partial void SecretRefused(ILogger logger, string client, string credential, string rejected, string other);

    [LoggerMessage(541, LogLevel.Warning, "HttpClient '{Client}': no new access token could be got; the present one is used for {Left} more, and the next try is in {Pause}. {Error}")]
    public static partial void TokenNotRenewed(ILogger logger, string client, TimeSpan left, TimeSpan pause, string error);

    [LoggerMessage(542, LogLevel.Error, "HttpClient '{Client}', credential '{Credential}': {Cause}; another version is used if there is one. Store the value in the right form.")]
    public static partial void SecretMalformed(ILogger logger, string client, string credential, string cause);
}
