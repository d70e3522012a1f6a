using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Nhi.Rotation.Architecture.Tests;

/// <summary>A package: the sources under its folder, compiled against the sources of the packages that it references.</summary>
internal sealed class Package
{
    private const string Usings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly Lazy<MetadataReference[]> Others = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Nhi.Rotation", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    private Package(string name, XDocument project, IReadOnlyList<Package> references, IEnumerable<string> paths)
    {
        Name = name;
        Project = project;
        References = references;
        var trees = paths.Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), path: path)).ToArray();
        Compilation = CSharpCompilation.Create(
            name,
            [.. trees, CSharpSyntaxTree.ParseText(Usings)],
            [.. Others.Value, .. All(references).Distinct().Select(package => package.Compilation.ToMetadataReference())],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Files = [.. trees.Where(tree => tree.FilePath.StartsWith(Folder + "/", StringComparison.Ordinal)).Select(tree => new SourceFile(this, tree))];
    }

    public string Name { get; }

    /// <summary>The project file.</summary>
    public XDocument Project { get; }

    /// <summary>The packages of this repository that it references itself.</summary>
    public IReadOnlyList<Package> References { get; }

    public CSharpCompilation Compilation { get; }

    public IReadOnlyList<SourceFile> Files { get; }

    public IReadOnlyCollection<string> Rooms => [.. Files.Select(file => file.Room).Distinct().Order(StringComparer.Ordinal)];

    public string Folder => Path.Combine(House.Root, "src", Name);

    /// <summary>Rooms of the same package that a room's files know.</summary>
    public IEnumerable<string> RoomsKnownBy(string room) =>
        Files.Where(file => file.Room == room).SelectMany(file => file.Knows).Where(file => file.Package == this && file.Room != room).Select(file => file.Room).Distinct().Order(StringComparer.Ordinal);

    public static Package Read(string folder, Func<string, Package> open)
    {
        var name = Path.GetFileName(folder);
        var project = XDocument.Load(Path.Combine(folder, name + ".csproj"));
        string[] PathsOf(string element) => [.. project.Descendants(element).Select(item => Path.GetFullPath(Path.Combine(folder, (string)item.Attribute("Include")!)))];
        return new Package(
            name,
            project,
            [.. PathsOf("ProjectReference").Select(path => open(Path.GetDirectoryName(path)!))],
            Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
                .Where(path => Path.GetRelativePath(folder, path).Split('/')[0] is not ("obj" or "bin"))
                .Concat(PathsOf("Compile"))
                .Order(StringComparer.Ordinal));
    }

    private static IEnumerable<Package> All(IEnumerable<Package> packages) => packages.SelectMany(package => All(package.References).Prepend(package));
}
