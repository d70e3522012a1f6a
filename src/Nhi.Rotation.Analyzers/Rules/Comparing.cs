using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Nhi.Rotation.Analyzers.Flowing;

namespace Nhi.Rotation.Analyzers.Rules;

/// <summary>NHI005: a value that somebody presented, checked by hand.</summary>
internal static class Comparing
{
    public static readonly DiagnosticDescriptor Rule = Rules.Rule.Warning(
        "NHI005",
        "A revealed value is compared",
        "Use Match(): it takes what is accepted now and not the current version alone, in constant time, and notes who still presents an old one",
        "A comparison that ends at the first difference tells how much of a guess was right. It also refuses the version before, which is valid until its overlap ends.");

    public static bool Takes(Strand at, IOperation into, Findings findings) =>
        at is { Source.IsVersion: false, Form: Form.Text } && Others(at, into) is { Length: > 0 } others && others.All(IsPresented) && findings.Add(Rule, at);

    // None if it is no comparison.
    private static IOperation[]? Others(Strand at, IOperation into) => into switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison => [comparison.LeftOperand == at.Value ? comparison.RightOperand : comparison.LeftOperand],
        IInvocationOperation { TargetMethod: { Name: "Equals" or "SequenceEqual" or "Compare" or "CompareTo" or "CompareOrdinal" or "SequenceCompareTo" } method } call when IsOfSystem(method) =>
            [.. call.Arguments.Select(argument => (IOperation)argument).Append(call.Instance!).Where(one => one is not null && one != at.Value).Select(one => one is IArgumentOperation argument ? argument.Value : one).Where(one => Types.IsText(Tree.Bare(one)?.Type))],
        _ => null,
    };

    private static bool IsOfSystem(IMethodSymbol method) => method.ContainingNamespace?.ToDisplayString() is "System" or "System.Linq" or "System.Collections.Generic";

    // A constant is presented by nobody, and of two versions neither is.
    private static bool IsPresented(IOperation other) => !other.ConstantValue.HasValue && !Tree.Bare(other)!.DescendantsAndSelf().Any(piece => piece is IInvocationOperation { TargetMethod: { Name: "Reveal" or "RevealBytes", ContainingType.Name: Contracts.Credential } } or IPropertyReferenceOperation { Property: { Name: "Empty", IsStatic: true } } or IFieldReferenceOperation { Field: { Name: "Empty", IsStatic: true } });
}
