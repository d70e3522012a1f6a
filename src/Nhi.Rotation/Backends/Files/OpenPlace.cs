using System.Globalization;

namespace Nhi.Rotation.Backends.Files;

/// <summary>Finds on the way to a file what somebody else may change, and with it the value: the file, each directory, each link.</summary>
/// <remarks>On Windows nothing is looked at; elsewhere than on Linux the owner is not.</remarks>
internal static class OpenPlace
{
    private const UnixFileMode ByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const uint Root = 0;

    /// <summary>The first such place, with what is wrong with it; <see langword="null"/> if there is none.</summary>
    /// <param name="resolved">The file, and the links on the way to it.</param>
    public static string? Find(ResolvedPath resolved) =>
        OperatingSystem.IsWindows() ? null : resolved.Links.Select(link => Path.Join(link.Directory, link.Name)).Append(resolved.Real).SelectMany(Way).Distinct(StringComparer.Ordinal).Select(Trouble).FirstOrDefault(trouble => trouble is not null);

    /// <summary>The same for a path that has no link on its way.</summary>
    public static string? Find(string path) => OperatingSystem.IsWindows() ? null : Way(path).Select(Trouble).FirstOrDefault(trouble => trouble is not null);

    // From the root down: who can change a directory can change all that is below.
    private static IEnumerable<string> Way(string path)
    {
        var way = new Stack<string>();
        for (var place = path; place is not null; place = Path.GetDirectoryName(place))
        {
            way.Push(place);
        }

        return way;
    }

    private static string? Trouble(string place) => FileOwner.Of(place) is { } owner ? Trouble(place, owner, FileOwner.OfProcess) : null;

    internal static string? Trouble(string place, FileOwner owner, uint? me)
    {
        if (owner.User is { } user && user != Root && user != me)
        {
            return string.Create(CultureInfo.InvariantCulture, $"'{place}' belongs to user {user}, and this process is user {me}");
        }

        // A link's own mode means nothing, and in a sticky directory everybody may change only what is theirs.
        if (owner.IsLink || (owner.IsDirectory && (owner.Mode & UnixFileMode.StickyBit) != 0))
        {
            return null;
        }

        // Nobody but the administrator is in group 0, or every process of a container, as where the user's number is made up at its start.
        var open = owner.Mode & (owner.Group == Root ? UnixFileMode.OtherWrite : ByOthers);
        return open == 0 ? null : $"'{place}' may be written by {((open & UnixFileMode.OtherWrite) != 0 ? "all users" : "other users of its group")} (mode {Convert.ToString((int)owner.Mode, 8).PadLeft(4, '0')})";
    }
}
