namespace Nhi.Rotation.Backends.Files;

/// <summary>
/// A path with every symbolic link on the way followed, one component at a time as the system does it, and the links that were followed. The BCL
/// resolves only the last component, and relative targets by their text, so it would neither see the swap of <c>..data</c> nor where it is.
/// </summary>
internal sealed class ResolvedPath
{
    /// <summary>The link that the kubelet swaps to replace all files of a volume at once.</summary>
    public const string VolumeLink = "..data";

    // What Linux allows before it reports a loop (MAXSYMLINKS, path_resolution(7)).
    private const int MaxLinks = 40;

    private static readonly char[] Separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    private ResolvedPath(string real, IReadOnlyList<PathLink> links, bool isLoop)
    {
        Real = real;
        Links = links;
        IsLoop = isLoop;
    }

    /// <summary>The path without links. What it names need not exist.</summary>
    public string Real { get; }

    /// <summary>The links that were followed, in order; their directories are without links themselves.</summary>
    public IReadOnlyList<PathLink> Links { get; }

    /// <summary>Whether the links lead in a circle; <see cref="Real"/> then means nothing.</summary>
    public bool IsLoop { get; }

    /// <summary>The root of the Kubernetes volume that the path leads through, or <see langword="null"/>.</summary>
    public string? VolumeRoot
    {
        get
        {
            for (var i = Links.Count - 1; i >= 0; i--)
            {
                if (Links[i].Name == VolumeLink)
                {
                    return Links[i].Directory;
                }
            }

            return null;
        }
    }

    /// <summary>Resolves an absolute path.</summary>
    public static ResolvedPath Of(string path)
    {
        var links = new List<PathLink>();
        var pending = new Stack<string>();
        var current = Start(path, pending);
        while (pending.TryPop(out var name))
        {
            if (name == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }

            var candidate = Path.Join(current, name);
            if (name == "." || new FileInfo(candidate).LinkTarget is not { } target)
            {
                current = name == "." ? current : candidate;
                continue;
            }

            if (links.Count == MaxLinks)
            {
                return new ResolvedPath(candidate, links, isLoop: true);
            }

            links.Add(new PathLink(current, name));
            current = Path.IsPathRooted(target) ? Start(target, pending) : Push(target, pending, current);
        }

        return new ResolvedPath(current, links, isLoop: false);
    }

    private static string Start(string path, Stack<string> pending)
    {
        var root = Path.GetPathRoot(path)!;
        return Push(path[root.Length..], pending, root);
    }

    private static string Push(string relative, Stack<string> pending, string current)
    {
        var names = relative.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        for (var i = names.Length - 1; i >= 0; i--)
        {
            pending.Push(names[i]);
        }

        return current;
    }
}
