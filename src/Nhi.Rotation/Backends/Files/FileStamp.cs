using System.Text;

namespace Nhi.Rotation.Backends.Files;

/// <summary>
/// What a file system changes whenever a file's content changes, or another file takes its place: device, inode, size, and the time of the last change, which nobody
/// can set. Only on Linux; elsewhere there is none, and every file is read.
/// </summary>
internal readonly record struct FileStamp(ulong Device, ulong Inode, ulong Size, long ChangedSeconds, uint ChangedNanoseconds)
{
    // A file system dates by its own ticks: 10 ms at most on Linux, 2 s where FAT is. What was changed this short a time before may be changed again without another date.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    private const int MaxPath = 4_096;
    private const int RegularFile = 0x8000;
    private const int FileTypes = 0xF000;

    /// <summary>The stamp of what a path leads to; <see langword="null"/> if that is no file, or cannot be told.</summary>
    public static FileStamp? Of(string path)
    {
        if (!OperatingSystem.IsLinux() || !NativeMethods.HasStatx)
        {
            return null;
        }

        Span<byte> text = stackalloc byte[MaxPath];
        if (!Encoding.UTF8.TryGetBytes(path, text[..^1], out var length))
        {
            return null;
        }

        text[length] = 0;
        return NativeMethods.TryStat(text, followLink: true, out var stat) && (stat.Mode & FileTypes) == RegularFile
            ? new FileStamp(((ulong)stat.DeviceMajor << 32) | stat.DeviceMinor, stat.Inode, stat.Size, stat.ChangedSeconds, stat.ChangedNanoseconds)
            : null;
    }

    /// <summary>
    /// Whether every change from now on gives the file another stamp. A file system of another machine is not trusted: it may tell from a cache of its own what it does
    /// not tell when the file is opened.
    /// </summary>
    public bool IsReliable(string path, DateTimeOffset now)
    {
        try
        {
            var changed = DateTimeOffset.FromUnixTimeSeconds(ChangedSeconds).AddTicks(ChangedNanoseconds / TimeSpan.NanosecondsPerTick);
            return now - changed > Tick && new DriveInfo(path).DriveType is DriveType.Fixed or DriveType.Ram;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
