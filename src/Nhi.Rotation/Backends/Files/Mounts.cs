namespace Nhi.Rotation.Backends.Files;

/// <summary>The mounts of this machine now, read again from time to time. Safe for concurrent use.</summary>
internal sealed class Mounts(Func<string> read, TimeProvider time)
{
    // Very many paths are looked at together, and each asks.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private MountTable? _table;
    private long _readAt;

    /// <summary>Those of the process. Elsewhere than on Linux there are none: a file cannot be mounted alone.</summary>
    public static Mounts OfProcess(TimeProvider time) => new(static () => OperatingSystem.IsLinux() ? File.ReadAllText("/proc/self/mountinfo") : string.Empty, time);

    /// <summary>Whether a path without links is itself a mount.</summary>
    public bool HasPoint(string path) => Table().HasPoint(path);

    private MountTable Table()
    {
        lock (_gate)
        {
            if (_table is null || time.GetElapsedTime(_readAt) >= Lifetime)
            {
                (_table, _readAt) = (Read(), time.GetTimestamp());
            }

            return _table;
        }
    }

    private MountTable Read()
    {
        try
        {
            return MountTable.Parse(read());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return MountTable.Empty;
        }
    }
}
