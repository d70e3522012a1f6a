using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Nhi.Rotation.Analyzers.Flowing;

/// <summary>
/// Whether code asked for a credential itself. One that it was handed, as a parameter or in a field, is somebody else's to renew: the builders of <c>Derive</c>, <c>BindCredential</c> and
/// <c>Follow</c> are called again for each version, and who else calls a method is not known.
/// </summary>
internal sealed class Origin(Contracts contracts, Locals locals)
{
    private const int Far = 16;

    public bool IsAsked(IOperation? credential) => IsAsked(credential, 0);

    private bool IsAsked(IOperation? credential, int depth)
    {
        if (depth > Far)
        {
            return false;
        }

        return Tree.Bare(credential) switch
        {
            IParameterReferenceOperation parameter => Sequence(parameter) is { } sequence && IsAsked(sequence, depth + 1),
            ILocalReferenceOperation local => locals.ValuesOf(local.Local).Any(value => IsAsked(value, depth + 1)),
            IPropertyReferenceOperation property => IsAsked(property, depth),
            IInvocationOperation call => IsAsked(call, depth),
            IConditionalOperation choice => IsAsked(choice.WhenTrue, depth + 1) || IsAsked(choice.WhenFalse, depth + 1),
            ICoalesceOperation choice => IsAsked(choice.Value, depth + 1) || IsAsked(choice.WhenNull, depth + 1),
            ISwitchExpressionOperation choice => choice.Arms.Any(arm => IsAsked(arm.Value, depth + 1)),
            IArrayElementReferenceOperation element => IsAsked(element.ArrayReference, depth + 1),
            IImplicitIndexerReferenceOperation element => IsAsked(element.Instance, depth + 1),
            _ => false,
        };
    }

    private bool IsAsked(IPropertyReferenceOperation property, int depth) => contracts.NameOf(property.Instance?.Type) switch
    {
        Contracts.Set or Contracts.Presented => IsAsked(property.Instance, depth + 1),
        Contracts.Derived => true,
        _ when contracts.IsProvider(property.Instance?.Type) => true,
        _ when property.Arguments.Length > 0 => IsAsked(property.Instance, depth + 1),

        // A property that computes is a method; one that stores is a field, and of an abstract one nobody knows.
        _ => property.Property is { IsAbstract: false, DeclaringSyntaxReferences.Length: > 0 } && !property.Property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property.Property)),
    };

    private bool IsAsked(IInvocationOperation call, int depth) => call.TargetMethod switch
    {
        { Name: "WithoutValue" } => false,
        { ContainingType.Name: "Enumerable" or "MemoryExtensions" } => IsAsked(Tree.Receiver(call), depth + 1),
        _ => true,
    };

    // The parameter of a lambda that looks at a sequence is one of the sequence.
    private static IOperation? Sequence(IParameterReferenceOperation parameter)
    {
        var lambda = Tree.Around(parameter).OfType<IAnonymousFunctionOperation>().FirstOrDefault(one => SymbolEqualityComparer.Default.Equals(one.Symbol, parameter.Parameter.ContainingSymbol));
        return lambda is not null && Tree.Taker(lambda).Call is IInvocationOperation { TargetMethod.ContainingType.Name: "Enumerable" } call ? Tree.Receiver(call) : null;
    }
}
