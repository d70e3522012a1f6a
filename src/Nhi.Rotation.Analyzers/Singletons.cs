using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Nhi.Rotation.Analyzers.Rules;

namespace Nhi.Rotation.Analyzers;

/// <summary>Constructors that reveal, and the types that are registered as singletons: what is both is told when all of a compilation was seen.</summary>
internal sealed class Singletons
{
    private readonly ConcurrentDictionary<ISymbol, bool> _registered = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentBag<(INamedTypeSymbol Type, Location Place)> _revealing = [];

    public void Note(IInvocationOperation call)
    {
        if (Starting.Registered(call) is { } type)
        {
            _registered[type.OriginalDefinition] = true;
        }
    }

    public void Note(INamedTypeSymbol type, Location place) => _revealing.Add((type, place));

    public void Tell(Action<Diagnostic> report)
    {
        foreach (var (type, place) in _revealing.Where(one => _registered.ContainsKey(one.Type.OriginalDefinition)))
        {
            report(Diagnostic.Create(Starting.Rule, place));
        }
    }
}
