using System.Runtime.CompilerServices;

namespace Nhi.Rotation.Architecture.Tests;

/// <summary>All sources of all packages, read once: which file knows which.</summary>
internal sealed class House
{
    private static readonly Lazy<House> Read = new(() => new House());

    private House()
    {
        var done = new Dictionary<string, Package>();
        foreach (var folder in Directory.EnumerateDirectories(Path.Combine(Root, "src")).Order(StringComparer.Ordinal))
        {
            Open(folder, done);
        }

        Packages = [.. done.Values.OrderBy(package => package.Name, StringComparer.Ordinal)];
        Files = [.. Packages.SelectMany(package => package.Files)];
        var byPath = Files.ToDictionary(file => file.Path);
        Parallel.ForEach(Files, file => file.Meet(byPath));
    }

    public static string Root { get; } = FindRoot();

    /// <summary>The house with its arrows.</summary>
    public static House Sources => Read.Value;

    public IReadOnlyList<Package> Packages { get; }

    public IReadOnlyList<SourceFile> Files { get; }

    private static Package Open(string folder, Dictionary<string, Package> done)
    {
        if (!done.TryGetValue(folder, out var package))
        {
            package = Package.Read(folder, other => Open(other, done));
            done.Add(folder, package);
        }

        return package;
    }

    private static string FindRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}
