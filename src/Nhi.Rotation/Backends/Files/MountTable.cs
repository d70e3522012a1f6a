namespace Nhi.Rotation.Backends.Files;

/// <summary>What is mounted where, as this process sees it: <c>/proc/self/mountinfo</c>, proc_pid_mountinfo(5).</summary>
internal sealed class MountTable
{
    // ID, parent, device, root, and then the mount point.
    private const int PointField = 4;
    private const int EscapeLength = 4;

    private readonly HashSet<string> _points;

    private MountTable(HashSet<string> points) => _points = points;

    public static MountTable Empty { get; } = new([]);

    /// <summary>Reads the table. A line that is none is left out.</summary>
    public static MountTable Parse(string text) =>
        new(text.Split('\n').Select(line => line.Split(' ')).Where(fields => fields.Length > PointField).Select(fields => Unescape(fields[PointField])).ToHashSet(StringComparer.Ordinal));

    /// <summary>Whether a path without links is a mount point.</summary>
    public bool HasPoint(string path) => _points.Contains(path);

    // Space, tab, newline and backslash are written as three octal digits each.
    private static string Unescape(string field)
    {
        var start = field.IndexOf('\\', StringComparison.Ordinal);
        if (start < 0)
        {
            return field;
        }

        var text = new System.Text.StringBuilder(field.Length);
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + EscapeLength <= field.Length && field.AsSpan(i + 1, EscapeLength - 1) is var digits && !digits.ContainsAnyExceptInRange('0', '7'))
            {
                text.Append((char)(((digits[0] - '0') << 6) | ((digits[1] - '0') << 3) | (digits[2] - '0')));
                i += EscapeLength - 1;
            }
            else
            {
                text.Append(field[i]);
            }
        }

        return text.ToString();
    }
}
