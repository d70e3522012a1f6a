namespace Nhi.Rotation.Backends.Files;

/// <summary>A name in a directory whose changes can change what a path leads to.</summary>
/// <param name="Directory">The directory, which exists and has no link in its path.</param>
/// <param name="Name">The name, or <see langword="null"/> for any.</param>
/// <param name="IsOptional">Whether only a replaced directory would go unnoticed without it.</param>
internal readonly record struct WatchPoint(string Directory, string? Name, bool IsOptional)
{
    /// <summary>All the points of an absolute path: every link on the way, the file, and the directory it is in.</summary>
    /// <param name="path">The path.</param>
    /// <param name="real">Where it leads to.</param>
    public static List<WatchPoint> Of(string path, out string real)
    {
        var isDirectory = System.IO.Directory.Exists(path);
        var resolved = ResolvedPath.Of(isDirectory ? Path.Join(path, Manifest.FileName) : path);
        real = resolved.Real;
        var points = new List<WatchPoint>();
        foreach (var link in resolved.Links)
        {
            Add(points, new WatchPoint(link.Directory, link.Name, IsOptional: false));
        }

        var directory = resolved.VolumeRoot;
        if (directory is null)
        {
            // What is behind a volume's link never changes; everything else can.
            (directory, var name) = FirstToAppear(resolved.Real);
            Add(points, new WatchPoint(directory, isDirectory ? null : name, IsOptional: false));
        }

        // A deleted directory takes its watch along without a word, so its parent is watched for its name.
        if (Path.GetDirectoryName(directory) is { } parent)
        {
            Add(points, new WatchPoint(parent, Path.GetFileName(directory), IsOptional: true));
        }

        return points;
    }

    /// <summary>The existing directory next to the path's end, and the name in it that leads on.</summary>
    private static (string Directory, string Name) FirstToAppear(string path)
    {
        var name = Path.GetFileName(path);
        var directory = Path.GetDirectoryName(path) ?? path;
        while (!System.IO.Directory.Exists(directory) && Path.GetDirectoryName(directory) is { } parent)
        {
            name = Path.GetFileName(directory);
            directory = parent;
        }

        return (directory, name);
    }

    private static void Add(List<WatchPoint> points, WatchPoint point)
    {
        if (!points.Exists(other => other.Directory == point.Directory && other.Name == point.Name))
        {
            points.Add(point);
        }
    }
}
