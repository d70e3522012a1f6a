using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Nhi.Rotation.Analyzers.Flowing;

/// <summary>Local variables and parameters of one member: who reads what was written where.</summary>
internal sealed class Locals(ImmutableArray<IOperation> blocks)
{
    private ILookup<ISymbol, IOperation>? _references;

    /// <summary>All places that name it.</summary>
    public IEnumerable<IOperation> Of(ISymbol variable)
    {
        _references ??= blocks.SelectMany(block => block.DescendantsAndSelf()).Select(operation => (Symbol: Named(operation), operation)).Where(one => one.Symbol is not null)
            .ToLookup(one => one.Symbol!, one => one.operation, SymbolEqualityComparer.Default);
        return _references[variable];
    }

    public static ISymbol? Named(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IVariableDeclaratorOperation declarator => declarator.Symbol,
        IDeclarationPatternOperation pattern => pattern.DeclaredSymbol,
        IRecursivePatternOperation pattern => pattern.DeclaredSymbol,
        IMethodReferenceOperation { Method.MethodKind: MethodKind.LocalFunction } method => method.Method,
        _ => null,
    };

    /// <summary>Everything that is put into it, where that can be seen.</summary>
    public IEnumerable<IOperation> ValuesOf(ISymbol variable)
    {
        foreach (var place in Of(variable))
        {
            var value = place switch
            {
                IVariableDeclaratorOperation declarator when declarator.GetVariableInitializer() is { } initializer => initializer.Value,
                IVariableDeclaratorOperation declarator => Tree.Around(declarator).OfType<IForEachLoopOperation>().FirstOrDefault(loop => loop.LoopControlVariable == declarator)?.Collection,
                IPatternOperation pattern => Tree.Around(pattern).Select(Matched).FirstOrDefault(matched => matched is not null),
                { Parent: ISimpleAssignmentOperation assignment } when assignment.Target == place => assignment.Value,
                _ => null,
            };
            if (value is not null)
            {
                yield return value;
            }
        }
    }

    /// <summary>The places that read what was written.</summary>
    public IEnumerable<IOperation> ReadsOf(ISymbol variable, IOperation write) =>
        Of(variable).Where(place => place is ILocalReferenceOperation or IParameterReferenceOperation && !IsWrite(place) && Reaches(variable, write, place));

    private static IOperation? Matched(IOperation operation) => operation switch
    {
        IIsPatternOperation test => test.Value,
        ISwitchExpressionOperation choice => choice.Value,
        ISwitchOperation choice => choice.Value,
        _ => null,
    };

    private static bool IsWrite(IOperation place) => place.Parent is ISimpleAssignmentOperation assignment && assignment.Target == place;

    private bool Reaches(ISymbol variable, IOperation write, IOperation read)
    {
        if (Tree.IsIn(read, write) && write is not IVariableDeclaratorOperation)
        {
            return false;
        }

        if (Tree.Function(read) != Tree.Function(write))
        {
            return true;
        }

        var (written, wanted) = (write.Syntax.Span.End, read.Syntax.SpanStart);
        var loop = Tree.Around(write).OfType<ILoopOperation>().LastOrDefault(one => Tree.IsIn(read, one));
        if (wanted >= written && !IsOtherBranch(write, read))
        {
            return !IsOverwritten(variable, written, read);
        }

        // Only in the next round.
        return loop is not null && !IsOverwritten(variable, loop.Syntax.SpanStart, read);
    }

    private static bool IsOtherBranch(IOperation write, IOperation read)
    {
        var choice = Tree.Around(write).FirstOrDefault(around => around is IConditionalOperation or ISwitchOperation or ISwitchExpressionOperation && Tree.IsIn(read, around));
        return choice is IConditionalOperation { WhenTrue: { } yes, WhenFalse: { } no } && Tree.IsIn(write, yes) && Tree.IsIn(read, no)
            || choice is ISwitchOperation choices && choices.Cases.Any(one => Tree.IsIn(write, one) != Tree.IsIn(read, one) && (Tree.IsIn(write, one) || Tree.IsIn(read, one)));
    }

    // By an assignment that certainly ran in between: a statement of a block that the read is in too.
    private bool IsOverwritten(ISymbol variable, int since, IOperation read) =>
        Of(variable).Any(place =>
            place.Parent is ISimpleAssignmentOperation assignment && assignment.Target == place
            && assignment.Syntax.SpanStart >= since && assignment.Syntax.Span.End <= read.Syntax.SpanStart
            && assignment.Parent is IExpressionStatementOperation { Parent: { } block } && Tree.IsIn(read, block) && Tree.Function(read) == Tree.Function(assignment));
}
