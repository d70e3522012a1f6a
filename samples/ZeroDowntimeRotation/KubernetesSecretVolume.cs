using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ZeroDowntimeRotation;

/// <summary>
/// A directory that is written the way the kubelet writes a secret volume: each key is a link into <c>..data</c>, which is a link to a
/// timestamped directory, and an update swaps that one link. Needs an existing directory on a system with symbolic links.
/// </summary>
/// <remarks>Not safe for concurrent writes, like the kubelet's own writer; any number of readers may look on.</remarks>
public sealed class KubernetesSecretVolume
{
    private const string DataLink = "..data";
    private const string NewDataLink = "..data_tmp";

    // What the kubelet gives the timestamped directory, whatever the umask.
    private const UnixFileMode DirectoryMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly UnixFileMode _fileMode;
    private int _written;

    /// <summary>Uses an existing directory.</summary>
    /// <param name="directory">The volume's mount point.</param>
    /// <param name="defaultMode">The files' mode; 0644 as in Kubernetes if not given.</param>
    public KubernetesSecretVolume(
        string directory,
        UnixFileMode defaultMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead)
    {
        Directory = directory;
        _fileMode = defaultMode;
    }

    /// <summary>The volume's mount point.</summary>
    public string Directory { get; }

    /// <summary>The path that an app is given for a key.</summary>
    public string PathOf(string key) => Path.Join(Directory, key);

    /// <summary>Makes the volume hold one key.</summary>
    public void Write(string key, string value) => Write(new Dictionary<string, string> { [key] = value });

    /// <summary>Makes the volume hold these keys and no others, in the kubelet's steps.</summary>
    public void Write(IReadOnlyDictionary<string, string> files)
    {
        var oldName = new FileInfo(PathOf(DataLink)).LinkTarget;
        if (oldName is not null && IsUnchanged(files, PathOf(oldName)))
        {
            return;
        }

        var newName = CreateTimestampedDirectory();
        WriteFiles(files, PathOf(newName));
        CreateVisibleLinks(files);
        File.CreateSymbolicLink(PathOf(NewDataLink), newName);
        Rename(PathOf(NewDataLink), PathOf(DataLink));
        RemoveVisibleLinks(files);
        if (oldName is not null)
        {
            System.IO.Directory.Delete(PathOf(oldName), recursive: true);
        }
    }

    private static bool IsUnchanged(IReadOnlyDictionary<string, string> files, string directory) =>
        System.IO.Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Length == files.Count
        && files.All(file => File.Exists(Path.Join(directory, file.Key)) && File.ReadAllText(Path.Join(directory, file.Key)) == file.Value);

    private string CreateTimestampedDirectory()
    {
        var time = TimeProvider.System.GetUtcNow().ToString("yyyy_MM_dd_HH_mm_ss", CultureInfo.InvariantCulture);
        var name = $"..{time}.{++_written:0000000000}";
        System.IO.Directory.CreateDirectory(PathOf(name));
        SetMode(PathOf(name), DirectoryMode);
        return name;
    }

    private void WriteFiles(IReadOnlyDictionary<string, string> files, string directory)
    {
        foreach (var (key, value) in files)
        {
            var path = Path.Join(directory, key);
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, Encoding.UTF8.GetBytes(value));
            SetMode(path, _fileMode);
        }
    }

    private void CreateVisibleLinks(IReadOnlyDictionary<string, string> files)
    {
        foreach (var name in files.Keys.Select(FirstPart).Distinct().Where(name => new FileInfo(PathOf(name)).LinkTarget is null))
        {
            File.CreateSymbolicLink(PathOf(name), Path.Join(DataLink, name));
        }
    }

    private void RemoveVisibleLinks(IReadOnlyDictionary<string, string> files)
    {
        var visible = files.Keys.Select(FirstPart).ToHashSet();
        foreach (var path in System.IO.Directory.GetFileSystemEntries(Directory))
        {
            var name = Path.GetFileName(path);
            if (!name.StartsWith("..", StringComparison.Ordinal) && !visible.Contains(name))
            {
                File.Delete(path);
            }
        }
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("A volume is simulated with POSIX links and modes.");
        }

        File.SetUnixFileMode(path, mode);
    }

    private static string FirstPart(string key) => key.Split('/')[0];

    // File.Move refuses a link to a directory, and Directory.Move an existing target.
    private static void Rename(string from, string to)
    {
        if (NativeRename(from, to) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeRename([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
