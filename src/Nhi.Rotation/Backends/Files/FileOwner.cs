using System.Text;

namespace Nhi.Rotation.Backends.Files;

/// <summary>Whose a file, a directory or a link is, and who may write there.</summary>
/// <param name="User">The owner's number; <see langword="null"/> where it is not known.</param>
/// <param name="Group">The group's number, if known.</param>
/// <param name="Mode">The permissions.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
/// <param name="IsLink">Whether it is a link.</param>
internal readonly record struct FileOwner(uint? User, uint? Group, UnixFileMode Mode, bool IsDirectory, bool IsLink)
{
    private const int MaxPath = 4_096;
    private const int FileTypes = 0xF000;
    private const int Directory = 0x4000;
    private const int Link = 0xA000;
    private const int Permissions = 0xFFF;

    /// <summary>The user that this process acts as; <see langword="null"/> where that is not known.</summary>
    public static uint? OfProcess { get; } = OperatingSystem.IsLinux() ? NativeMethods.TryGetUser() : null;

    /// <summary>That of a path, of a link itself; <see langword="null"/> if there is nothing, or it may not be asked for.</summary>
    public static FileOwner? Of(string path)
    {
        if (OperatingSystem.IsLinux() && NativeMethods.HasStatx)
        {
            Span<byte> text = stackalloc byte[MaxPath];
            if (!Encoding.UTF8.TryGetBytes(path, text[..^1], out var length))
            {
                return null;
            }

            text[length] = 0;
            return NativeMethods.TryStat(text, followLink: false, out var stat)
                ? new FileOwner(stat.User, stat.Group, (UnixFileMode)(stat.Mode & Permissions), (stat.Mode & FileTypes) == Directory, (stat.Mode & FileTypes) == Link)
                : null;
        }

        try
        {
            var info = new FileInfo(path);
            var isDirectory = info.Attributes.HasFlag(FileAttributes.Directory);
            return OperatingSystem.IsWindows() ? null : new FileOwner(null, null, info.UnixFileMode, isDirectory, info.LinkTarget is not null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
