using System.Runtime.InteropServices;

namespace Nhi.Rotation.Backends.Files;

/// <summary>What the BCL has no call for: a file's inode, owner and the time of its last change, and who this process acts as.</summary>
internal static partial class NativeMethods
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint BasicFields = 0x7ff;

    // A libc that is too old or goes by another name has none; nothing is lost but a short cut.
    private static volatile bool _hasStatx = true;

    public static bool HasStatx => _hasStatx;

    /// <summary>Asks for a file.</summary>
    /// <param name="path">The path as UTF-8 with a zero at its end.</param>
    /// <param name="followLink">Whether a link at its end is followed.</param>
    /// <param name="stat">What is known of it.</param>
    /// <returns>Whether there is such a file, and it may be asked for.</returns>
    public static bool TryStat(ReadOnlySpan<byte> path, bool followLink, out Stat stat)
    {
        try
        {
            return Statx(CurrentDirectory, in MemoryMarshal.GetReference(path), followLink ? 0 : NoFollow, BasicFields, out stat) == 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            _hasStatx = false;
            stat = default;
            return false;
        }
    }

    /// <summary>The user that this process acts as.</summary>
    public static uint? TryGetUser()
    {
        try
        {
            return GetEffectiveUser();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, in byte path, int flags, uint mask, out Stat stat);

    /// <summary>The fields of <c>struct statx</c> that are of use; its layout is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal readonly struct Stat
    {
        [FieldOffset(20)]
        public readonly uint User;

        [FieldOffset(24)]
        public readonly uint Group;

        [FieldOffset(28)]
        public readonly ushort Mode;

        [FieldOffset(32)]
        public readonly ulong Inode;

        [FieldOffset(40)]
        public readonly ulong Size;

        [FieldOffset(96)]
        public readonly long ChangedSeconds;

        [FieldOffset(104)]
        public readonly uint ChangedNanoseconds;

        [FieldOffset(136)]
        public readonly uint DeviceMajor;

        [FieldOffset(140)]
        public readonly uint DeviceMinor;
    }
}
