using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Reading;

/// <summary>Finds evidence files: each once, whatever links lead to it. Nothing is left out silently: what cannot be read is an error.</summary>
internal static partial class EvidenceFiles
{
    /// <summary>What a log without evidence is told.</summary>
    public const string NoLine = "There is no line of evidence in it. The app writes them with WriteEvidenceToLogs(), under the category Nhi.Rotation.Evidence at the level Information.";

    private const string Extension = ".jsonl";

    private enum Found
    {
        Evidence,
        Log,
        Other,
    }

    /// <summary>The files that the arguments name or contain.</summary>
    /// <exception cref="IOException">A file or a directory cannot be read, or is something else.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static FoundFiles Find(IReadOnlyCollection<string> paths)
    {
        HashSet<string> files = new(StringComparer.Ordinal);
        HashSet<string> directories = new(StringComparer.Ordinal);
        foreach (var path in paths.Where(static path => path != FoundFiles.StandardInput))
        {
            Add(path, files, directories);
        }

        // A file that is named is looked into, whatever it is called.
        var named = paths.Where(static path => path != FoundFiles.StandardInput).Select(Canonical).ToHashSet(StringComparer.Ordinal);
        var all = files.Order(StringComparer.Ordinal).ToLookup(file => KindOf(file, named.Contains(file)));
        return new FoundFiles([.. all[Found.Evidence]], [.. all[Found.Log], .. paths.Where(static path => path == FoundFiles.StandardInput).Distinct()], [.. all[Found.Other]]);
    }

    /// <summary>The same, for arguments that may be wrong.</summary>
    /// <returns>Whether there is evidence; if not, <paramref name="problem"/> says why.</returns>
    public static bool TryFind(IReadOnlyCollection<string> paths, [NotNullWhen(true)] out FoundFiles? files, [NotNullWhen(false)] out string? problem)
    {
        (files, problem) = (null, paths.FirstOrDefault(static path => path != FoundFiles.StandardInput && !File.Exists(path) && !Directory.Exists(path)) is { } missing ? $"'{missing}' does not exist." : null);
        if (problem is null)
        {
            files = Find(paths);
            problem = files.Evidence.Count + files.Logs.Count == 0 ? "There is no *.jsonl file of evidence in the given directories." : null;
        }

        return problem is null && files is not null;
    }

    // What somebody renamed, rotated or packed (.jsonl.1, .jsonl.gz) is evidence all the same: if it cannot be read, that is told and is no yes.
    [GeneratedRegex(@"-[0-9a-f]{16}-\d{4,}\.jsonl[^/\\]*\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex OurName();

    // What is empty, a pipe or a device is not read: a pipe may never end. Named, it is evidence that proves nothing.
    private static Found KindOf(string file, bool isNamed) =>
        OurName().IsMatch(file) || (file.EndsWith(Extension, StringComparison.Ordinal) && EvidenceReader.IsEvidence(file)) ? Found.Evidence
        : !isNamed ? Found.Other
        : new FileInfo(file).Length == 0 ? Found.Evidence
        : Found.Log;

    // Directories are told apart by where their links end, so a loop of links ends too.
    private static void Add(string path, HashSet<string> files, HashSet<string> directories)
    {
        var target = Canonical(path);
        if (!Directory.Exists(target))
        {
            files.Add(File.Exists(target) ? target : throw new FileNotFoundException($"'{path}' leads to nothing.", path));
            return;
        }

        if (!directories.Add(target))
        {
            return;
        }

        foreach (var child in Directory.EnumerateDirectories(target))
        {
            Add(child, files, directories);
        }

        foreach (var file in Directory.EnumerateFiles(target).Where(static file => file.EndsWith(Extension, StringComparison.Ordinal) || OurName().IsMatch(file)))
        {
            Add(file, files, directories);
        }
    }

    // Without links anywhere in it, so that two ways to one file are one.
    private static string Canonical(string path)
    {
        var full = Path.GetFullPath(path);
        var current = Path.GetPathRoot(full)!;
        foreach (var part in full[current.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            current = Path.Join(current, part);
            if (new FileInfo(current).LinkTarget is not null)
            {
                current = Canonical(File.ResolveLinkTarget(current, returnFinalTarget: true)!.FullName);
            }
        }

        return current;
    }
}
