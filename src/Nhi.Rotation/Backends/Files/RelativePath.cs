namespace Nhi.Rotation.Backends.Files;

/// <summary>Relative paths that cannot lead out of the directory they are joined to.</summary>
internal static class RelativePath
{
    // Both on every system: a manifest means the same wherever it is read.
    private static readonly char[] Separators = ['/', '\\'];

    public static bool IsInside(string path) =>
        path.Length > 0
        && !path.Contains('\0', StringComparison.Ordinal)
        && !path.Contains(':', StringComparison.Ordinal)
        && !Path.IsPathRooted(path)
        && Array.TrueForAll(Split(path), static part => part is not ("" or "." or ".."));

    public static string[] Split(string path) => path.Split(Separators);
}
