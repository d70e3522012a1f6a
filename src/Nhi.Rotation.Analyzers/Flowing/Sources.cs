using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Nhi.Rotation.Analyzers.Flowing;

/// <summary>Which operations reveal a value, or give a version.</summary>
internal static class Sources
{
    // What of a shape is no secret.
    private static readonly HashSet<string> Open = ["Username", "Host", "Port", "Database", "NotAfter", "NotBefore"];

    /// <summary>Quick, for it is asked of every call and property of a compilation.</summary>
    public static bool IsOne(IOperation operation, Contracts contracts) => operation switch
    {
        IInvocationOperation call => IsReveal(call, contracts) || IsParse(call, contracts) || (contracts.IsCredential(Types.Awaited(call.TargetMethod.ReturnType)) && call.TargetMethod.Name != "WithoutValue"),
        IPropertyReferenceOperation property => IsVersion(property, contracts),
        _ => false,
    };

    /// <summary>What <see cref="IsOne"/> has found.</summary>
    public static Source Of(IOperation operation, Contracts contracts, Origin origin)
    {
        if (operation is IInvocationOperation call)
        {
            return IsReveal(call, contracts) ? new Source(call, Form.Text, isVersion: false, origin.IsAsked(call.Instance))
                : IsParse(call, contracts) ? new Source(call, Form.Object, isVersion: false, call.Arguments.Any(argument => origin.IsAsked(argument.Value)))
                : new Source(call, Form.Text, isVersion: true, origin.IsAsked(call));
        }

        var property = (IPropertyReferenceOperation)operation;
        return contracts.NameOf(property.Property.ContainingType) switch
        {
            Contracts.Derived => new Source(property, Types.IsText(property.Type) ? Form.Text : Form.Object, isVersion: true, isAsked: true),
            _ => new Source(property, Form.Text, isVersion: true, origin.IsAsked(property)),
        };
    }

    /// <summary>What comes out of a shape and is the value, or a part of it.</summary>
    public static bool IsSecretMember(ISymbol member, Contracts contracts) => contracts.IsShape(member.ContainingType) && !Open.Contains(member.Name) && member.Name is not ("ToString" or "RequireServer" or "SignSha256");

    private static bool IsReveal(IInvocationOperation call, Contracts contracts) => call.TargetMethod.Name is "Reveal" or "RevealBytes" && contracts.IsCredential(call.TargetMethod.ContainingType);

    private static bool IsParse(IInvocationOperation call, Contracts contracts) =>
        call.TargetMethod is { IsStatic: true } method && method.Name.StartsWith("Parse", StringComparison.Ordinal) && contracts.IsShape(method.ContainingType);

    private static bool IsVersion(IPropertyReferenceOperation property, Contracts contracts)
    {
        if (contracts.IsCredential(property.Type) || contracts.NameOf(property.Type) == Contracts.Set)
        {
            return true;
        }

        return contracts.NameOf(property.Property.ContainingType) switch
        {
            Contracts.Derived => property.Property.Name == "Current",
            Contracts.Set => property.Type is INamedTypeSymbol { TypeArguments.Length: 1 } list && contracts.IsCredential(list.TypeArguments[0]),
            _ => false,
        };
    }
}
