namespace Nhi.Rotation.Cli.Hunting;

/// <summary>A part of a process's memory that it may write to.</summary>
/// <param name="Start">Its first address.</param>
/// <param name="End">The address behind it.</param>
/// <param name="Name">What the system calls it, such as <c>[heap]</c>, or a file.</param>
internal readonly record struct MemoryRegion(ulong Start, ulong End, string Name)
{
    /// <summary>A line of <c>/proc/PID/maps</c> (proc_pid_maps(5)); nothing for what cannot be written or is no memory.</summary>
    public static MemoryRegion? Parse(string line)
    {
        var words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 5 || words[1] is not ['r', 'w', ..] || words[0].Split('-') is not [var start, var end])
        {
            return null;
        }

        var name = words.Length > 5 ? words[5] : string.Empty;
        return name.StartsWith("[v", StringComparison.Ordinal) || name.StartsWith("/dev/", StringComparison.Ordinal)
            ? null
            : new MemoryRegion(Convert.ToUInt64(start, 16), Convert.ToUInt64(end, 16), name.Length == 0 ? "anonymous memory" : name);
    }
}
