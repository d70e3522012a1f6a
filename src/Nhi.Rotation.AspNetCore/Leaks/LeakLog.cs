using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Leaks;

/// <summary>What leak reports say. Event ids 470 to 479; nothing of a report is in it but whose the value is.</summary>
internal static partial class LeakLog
{
    public const string Category = "Nhi.Rotation.AspNetCore.Leaks";

    [LoggerMessage(470, LogLevel.Critical, "Credential '{Credential}': version '{Version}', which is {Stage}, was reported as leaked by {Reporter}. Done: {Done}. Store a new version, and revoke this one where it was issued.")]
    public static partial void Leaked(ILogger logger, string credential, string version, CredentialStage stage, string reporter, string done);

    [LoggerMessage(471, LogLevel.Information, "{Count} reported values of {Reporter} are none of this app.")]
    public static partial void Unknown(ILogger logger, int count, string reporter);

    [LoggerMessage(472, LogLevel.Warning, "Leak reports at {Path}: a request from {Client} was refused with status {Status}. {Cause} Said at most every 10 s.")]
    public static partial void Refused(ILogger logger, string path, string client, int status, string cause);
}
