using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Nhi.Rotation.Analyzers.Flowing;

/// <summary>Where something is put: what stands at the beginning of <c>_a.B[c].D</c> decides how long it lives.</summary>
internal sealed class Place
{
    // Lives as long as one request, wherever it is reached from.
    private static readonly HashSet<string> Brief = ["HttpContext", "HttpRequest", "HttpResponse", "HttpRequestMessage", "HttpResponseMessage", "HttpContent", "Activity", "CallOptions", "ServerCallContext", "Thread", "AsyncLocal"];

    private Place(ISymbol? kept, ISymbol? variable)
    {
        Kept = kept;
        Variable = variable;
    }

    /// <summary>The field or property that keeps it after the method has ended.</summary>
    public ISymbol? Kept { get; }

    /// <summary>The local variable, or the parameter, that has it.</summary>
    public ISymbol? Variable { get; }

    /// <summary>Something that the member was handed: how long it lives is not known.</summary>
    public bool IsHandedIn => Variable is IParameterSymbol;

    public static Place Of(IOperation? target)
    {
        var piece = Tree.Bare(target);
        var isInside = false;
        while (piece is not null)
        {
            if (Types.All(piece.Type).Any(type => Brief.Contains(type.Name)) && isInside)
            {
                return new Place(null, null);
            }

            switch (piece)
            {
                case IMemberReferenceOperation { Instance: null } own:
                    return new Place(own.Member, null);
                case IMemberReferenceOperation { Instance: IInstanceReferenceOperation self } own:
                    return new Place(self.ReferenceKind == InstanceReferenceKind.ContainingTypeInstance && IsKeptBy(own.Member) ? own.Member : null, null);
                case IMemberReferenceOperation { Instance: { } instance }:
                    (piece, isInside) = (Tree.Bare(instance), true);
                    continue;
                case IArrayElementReferenceOperation element:
                    (piece, isInside) = (Tree.Bare(element.ArrayReference), true);
                    continue;
                case ILocalReferenceOperation local:
                    return new Place(null, local.Local);
                case IParameterReferenceOperation parameter:
                    return IsCaptured(parameter) ? new Place(parameter.Parameter, null) : new Place(null, parameter.Parameter);
                default:
                    return new Place(null, null);
            }
        }

        return new Place(null, null);
    }

    /// <summary>Whether it lives as long as an object does. What a base class of another library offers, such as the request of a controller, may live for one request only.</summary>
    public static bool IsKeptBy(ISymbol member) => !member.ContainingType.IsRefLikeType && (member is IFieldSymbol || member.DeclaringSyntaxReferences.Length > 0);

    // A parameter of a primary constructor that methods use is a field.
    private static bool IsCaptured(IParameterReferenceOperation reference)
    {
        var owner = reference.Parameter.ContainingSymbol;
        return owner is IMethodSymbol { MethodKind: MethodKind.Constructor } && reference.SemanticModel?.GetEnclosingSymbol(reference.Syntax.SpanStart) is { } member && !IsWithin(member, owner);
    }

    private static bool IsWithin(ISymbol member, ISymbol owner)
    {
        for (var one = member; one is IMethodSymbol; one = one.ContainingSymbol)
        {
            if (SymbolEqualityComparer.Default.Equals(one, owner))
            {
                return true;
            }
        }

        // An initialiser of a field or property runs in the constructor.
        return member is not IMethodSymbol;
    }
}
