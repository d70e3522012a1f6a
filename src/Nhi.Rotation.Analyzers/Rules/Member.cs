using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Nhi.Rotation.Analyzers.Flowing;

namespace Nhi.Rotation.Analyzers.Rules;

/// <summary>One method, accessor or initialiser, and what is looked up in it.</summary>
internal sealed class Member(ISymbol symbol, ImmutableArray<IOperation> blocks, Contracts contracts)
{
    private bool? _holds;
    private bool? _isUnpooled;

    public ISymbol Symbol { get; } = symbol;

    public Contracts Contracts { get; } = contracts;

    public Locals Locals { get; } = new(blocks);

    /// <summary>Whether it says how long it keeps a version: that is seen by the proof.</summary>
    public bool Holds => _holds ??= All().OfType<IInvocationOperation>().Any(call => call.TargetMethod.Name == "Hold" && Contracts.IsCredential(call.TargetMethod.ContainingType));

    /// <summary>Whether it opens connections that no pool keeps.</summary>
    public bool IsUnpooled => _isUnpooled ??= All().Any(operation => operation switch
    {
        { ConstantValue: { HasValue: true, Value: string text } } => text.Replace(" ", string.Empty).IndexOf("Pooling=false", StringComparison.OrdinalIgnoreCase) >= 0,
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "Pooling" }, Value.ConstantValue: { HasValue: true, Value: false } } => true,
        _ => false,
    });

    private IEnumerable<IOperation> All() => blocks.SelectMany(block => block.DescendantsAndSelf());
}
