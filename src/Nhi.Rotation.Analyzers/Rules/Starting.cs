using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Nhi.Rotation.Analyzers.Flowing;

namespace Nhi.Rotation.Analyzers.Rules;

/// <summary>NHI006: code that runs once, when the app starts.</summary>
internal static class Starting
{
    public static readonly DiagnosticDescriptor Rule = Rules.Rule.Warning(
        "NHI006",
        "A value is revealed once, at the start",
        "This runs once, and what it makes has the old value after a rotation: ask the provider each time, keep what Derive() returns, or bind options with BindCredential()",
        "Singletons, options and their constructors run when the app starts. What they reveal then stays as it is until the next start.");

    private static readonly string[] Configurators = ["Options", "Builder", "Configurator", "Configuration", "Settings"];

    /// <summary>A call that registers something, with a value that was revealed before.</summary>
    public static bool Takes(Strand at, IOperation into, Findings findings) =>
        !at.Source.IsVersion && into is IInvocationOperation call && call.Instance != at.Value && IsRegistration(call) && findings.Add(Rule, at);

    /// <summary>Whether a lambda that such a call is given reveals it.</summary>
    public static bool IsInRegistration(IOperation source)
    {
        for (var function = Tree.Function(source); function is IAnonymousFunctionOperation lambda; function = Tree.Function(function))
        {
            if (Tree.Taker(lambda).Call is not IInvocationOperation call)
            {
                return false;
            }

            if (IsRegistration(call) && !IsAskedEachTime(call.TargetMethod))
            {
                return true;
            }

            // A lambda within it that only configures further runs at the same time.
            if (!lambda.Symbol.ReturnsVoid || !lambda.Symbol.Parameters.Any(parameter => Configurators.Any(end => parameter.Type.Name.EndsWith(end, StringComparison.Ordinal))))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>The type whose constructor, or initialiser of an instance, it is in.</summary>
    public static INamedTypeSymbol? Constructed(IOperation source, ISymbol member) => Tree.Function(source) is not null ? null : member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } constructor => constructor.ContainingType,
        IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false } => member.ContainingType,
        _ => null,
    };

    public static bool IsSingletonByNature(ITypeSymbol type) => Types.Derives(type, "Microsoft.Extensions.Hosting", "IHostedService");

    /// <summary>What a call registers as a singleton.</summary>
    public static ITypeSymbol? Registered(IInvocationOperation call) =>
        call.TargetMethod is { Name: "AddSingleton" or "TryAddSingleton" or "AddKeyedSingleton" or "TryAddKeyedSingleton" or "AddHostedService" or "AddActivatedSingleton", TypeArguments: { Length: > 0 } types } && call.Arguments.All(argument => !IsDelegate(argument))
            ? types[types.Length - 1]
            : null;

    public static bool IsOurs(IMethodSymbol method) => method.ContainingAssembly?.Name is { } name && (name == "Nhi.Rotation" || name.StartsWith("Nhi.Rotation.", StringComparison.Ordinal)) && method.DeclaringSyntaxReferences.Length == 0;

    private static bool IsDelegate(IArgumentOperation argument) => argument.Parameter?.Type.TypeKind == TypeKind.Delegate;

    /// <summary>A call to a service collection, or to a builder that has one.</summary>
    public static bool IsRegistration(IInvocationOperation call) =>
        !IsOurs(call.TargetMethod) && Tree.Receiver(call)?.Type is { } type && Types.All(type).Any(IsRegistrar) && !Types.All(type).Any(one => one.Name == "IHealthChecksBuilder");

    private static bool IsRegistrar(ITypeSymbol type) =>
        type.Name == "IServiceCollection" || type.GetMembers("Services").Any(member => member is IPropertySymbol { Type.Name: "IServiceCollection" });

    // Made anew for each scope, each time it is asked for, or for each context; or only looked at.
    private static bool IsAskedEachTime(IMethodSymbol method) =>
        method.Name.Contains("Scoped") || method.Name.Contains("Transient") || method.Name.StartsWith("AddDbContext", StringComparison.Ordinal) || method.Name == "Validate";
}
