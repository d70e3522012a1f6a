using Microsoft.CodeAnalysis;
using Nhi.Rotation.Analyzers.Flowing;

namespace Nhi.Rotation.Analyzers.Rules;

/// <summary>What rules have found in one member: one thing at each place.</summary>
internal sealed class Findings(Action<Diagnostic> report)
{
    private readonly HashSet<SyntaxNode> _told = [];
    private readonly HashSet<Source> _sources = [];

    public bool Has(Source source) => _sources.Contains(source);

    public bool Add(DiagnosticDescriptor rule, Strand at, params object[] what)
    {
        _sources.Add(at.Source);
        if (_told.Add(at.Leaf.Syntax))
        {
            report(Diagnostic.Create(rule, at.Leaf.Syntax.GetLocation(), what));
        }

        return true;
    }
}
