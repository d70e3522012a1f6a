using Microsoft.CodeAnalysis;

namespace Nhi.Rotation.Analyzers.Flowing;

/// <summary>What kind of type something is. By name: what is asked for may be in packages that a compilation does not have.</summary>
internal static class Types
{
    private static readonly HashSet<string> Sequences =
    [
        "Span", "ReadOnlySpan", "Memory", "ReadOnlyMemory", "ArraySegment", "ReadOnlySequence", "IEnumerable", "IReadOnlyList", "IReadOnlyCollection", "IList", "ICollection", "List", "ImmutableArray", "Task", "ValueTask",
    ];

    /// <summary>Text or bytes, or several of them.</summary>
    public static bool IsText(ITypeSymbol? type) => type switch
    {
        { SpecialType: SpecialType.System_String } => true,
        IArrayTypeSymbol array => IsPiece(array.ElementType) || IsText(array.ElementType),
        INamedTypeSymbol { TypeArguments.Length: 1 } named when Sequences.Contains(named.Name) => IsPiece(named.TypeArguments[0]) || IsText(named.TypeArguments[0]),
        INamedTypeSymbol { Name: "StringBuilder" or "StringValues" or "StringSegment" } => true,
        _ => false,
    };

    public static bool Is(ITypeSymbol? type, string space, string name) => type is not null && type.Name == name && type.ContainingNamespace?.ToDisplayString() == space;

    /// <summary>The type, what it derives from and what it implements.</summary>
    public static IEnumerable<ITypeSymbol> All(ITypeSymbol? type)
    {
        for (var one = type; one is not null; one = one.BaseType)
        {
            yield return one;
        }

        foreach (var one in type?.AllInterfaces ?? [])
        {
            yield return one;
        }
    }

    public static bool Derives(ITypeSymbol? type, string space, string name) => All(type).Any(one => Is(one, space, name));

    /// <summary>What an asynchronous method promises.</summary>
    public static ITypeSymbol Awaited(ITypeSymbol type) => type is INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments.Length: 1 } task ? task.TypeArguments[0] : type;

    /// <summary>A number, a flag, a time: too little to be a secret.</summary>
    public static bool IsScalar(ITypeSymbol? type) =>
        type is null or { TypeKind: TypeKind.Enum } or { SpecialType: SpecialType.System_Void or SpecialType.System_DateTime or (>= SpecialType.System_Boolean and <= SpecialType.System_Double) }
        || type is { Name: "DateTimeOffset" or "TimeSpan" or "Guid" };

    private static bool IsPiece(ITypeSymbol type) => type.SpecialType is SpecialType.System_Byte or SpecialType.System_Char;
}
