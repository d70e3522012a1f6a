using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Nhi.Rotation.Architecture.Tests;

/// <summary>A file of a package, its room, and the files that its code (not its comments) knows.</summary>
internal sealed class SourceFile(Package package, SyntaxTree tree)
{
    private readonly HashSet<SourceFile> _knows = [];

    public Package Package => package;

    public SyntaxTree Tree => tree;

    public string Path => tree.FilePath;

    /// <summary>The path below src/.</summary>
    public string Name => System.IO.Path.GetRelativePath(System.IO.Path.Combine(House.Root, "src"), Path);

    /// <summary>The folder within the package; "." is the package's own.</summary>
    public string Room => System.IO.Path.GetDirectoryName(System.IO.Path.GetRelativePath(package.Folder, Path)) is { Length: > 0 } folder ? folder : ".";

    public SyntaxNode Syntax => tree.GetRoot();

    public SemanticModel Model => package.Compilation.GetSemanticModel(tree);

    /// <summary>Files of any package with something that this file names or calls.</summary>
    public IReadOnlySet<SourceFile> Knows => _knows;

    /// <summary>Types that are declared in the file, nested ones too.</summary>
    public IEnumerable<INamedTypeSymbol> Types
    {
        get
        {
            var model = Model;
            return Syntax.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(type => (INamedTypeSymbol)model.GetDeclaredSymbol(type)!);
        }
    }

    /// <summary>What the code names, with where it does.</summary>
    public IEnumerable<(ISymbol Symbol, SimpleNameSyntax At)> Named()
    {
        var model = Model;
        foreach (var name in Syntax.DescendantNodes().OfType<SimpleNameSyntax>().Where(name => name.Identifier.Text is not ("var" or "nameof")))
        {
            var info = model.GetSymbolInfo(name);
            if ((info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) is { Kind: not (SymbolKind.Namespace or SymbolKind.Local or SymbolKind.Parameter or SymbolKind.Label or SymbolKind.RangeVariable or SymbolKind.TypeParameter) } symbol)
            {
                yield return (symbol is IMethodSymbol { ReducedFrom: { } extension } ? extension : symbol.OriginalDefinition, name);
            }
        }
    }

    internal void Meet(Dictionary<string, SourceFile> files)
    {
        foreach (var (symbol, _) in Named())
        {
            // A type in several files is known by the member that is used.
            if (symbol is INamedTypeSymbol { DeclaringSyntaxReferences.Length: > 1 })
            {
                continue;
            }

            if (symbol.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath is { } path && path != Path && files.TryGetValue(path, out var other))
            {
                _knows.Add(other);
            }
        }
    }

    public override string ToString() => Name;
}
