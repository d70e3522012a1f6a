using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Telemetry;

/// <summary>Messages of the file backend, events 200 to 249.</summary>
internal static partial class Log
{
    [LoggerMessage(
        EventId = 200,
        Level = LogLevel.Warning,
        Message = "Credential '{Credential}': other users of this machine may read '{Path}' or a file it names. Set mode 0400 or 0600; in a Kubernetes secret volume set defaultMode: 0400 (with fsGroup Kubernetes adds 0040, which is then as narrow as it gets)")]
    public static partial void FileReadableByOthers(ILogger logger, string credential, string path);

    [LoggerMessage(
        EventId = 201,
        Level = LogLevel.Warning,
        Message = "Changes of '{Path}' are found by polling only: watching failed with {Failure}. It is tried again at each refresh. On Linux, raise fs.inotify.max_user_instances or fs.inotify.max_user_watches if they are used up")]
    public static partial void DirectoryNotWatched(ILogger logger, string path, string failure);

    [LoggerMessage(
        EventId = 202,
        Level = LogLevel.Warning,
        Message = "Events of '{Directory}' were lost ({Failure}); '{Path}' is read again and the directory is watched anew")]
    public static partial void DirectoryEventsLost(ILogger logger, string path, string directory, string failure);

    [LoggerMessage(
        EventId = 203,
        Level = LogLevel.Warning,
        Message = "'{Path}' is itself a mount (a Kubernetes subPath, a Compose secret, one file bound to a path): a file that takes its place at the source is not seen here, and no event tells of a change. It is looked at every {Pace}. Mount the directory that it is in; in Kubernetes leave subPath out")]
    public static partial void FileIsMount(ILogger logger, string path, TimeSpan pace);

    [LoggerMessage(
        EventId = 204,
        Level = LogLevel.Warning,
        Message = "Credential '{Credential}': somebody else can change what '{Path}' leads to, and so the value: {Place}. Give it to the user of this process or to root and let nobody else write there (chown, chmod go-w), or set WritableByOthers to Accept if that is how it is meant, or to Refuse")]
    public static partial void PlaceIsOpen(ILogger logger, string credential, string path, string place);

    [LoggerMessage(
        EventId = 205,
        Level = LogLevel.Warning,
        Message = "Credential '{Credential}': '{Path}' is UTF-16, and its text is read as UTF-8. Save it as UTF-8, as other readers of the file expect; PowerShell 5 does with Set-Content -Encoding utf8, or set Content to Binary if it is no text")]
    public static partial void FileIsUtf16(ILogger logger, string credential, string path);
}
