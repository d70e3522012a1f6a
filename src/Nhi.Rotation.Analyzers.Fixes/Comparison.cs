using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Nhi.Rotation.Analyzers.Fixes;

/// <summary>A comparison of what <c>X.Current</c> reveals with something else, and nothing in between.</summary>
internal sealed class Comparison
{
    private Comparison(ExpressionSyntax whole, ExpressionSyntax provider, ExpressionSyntax presented, bool isNegated)
    {
        Whole = whole;
        Provider = provider;
        Presented = presented;
        IsNegated = isNegated;
    }

    public ExpressionSyntax Whole { get; }

    public ExpressionSyntax Provider { get; }

    public ExpressionSyntax Presented { get; }

    public bool IsNegated { get; }

    /// <summary>None if what is compared is something else than the whole value, or a provider is not at hand.</summary>
    public static Comparison? Of(ExpressionSyntax revealed, SemanticModel model)
    {
        if (ProviderOf(revealed, model) is not { } provider)
        {
            return null;
        }

        // Through `.Span`, `.ToArray()` and parentheses.
        var value = revealed;
        while (Around(value) is { } around)
        {
            value = around;
        }

        return value.Parent switch
        {
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } test =>
                new Comparison(test, provider, test.Left == value ? test.Right : test.Left, test.IsKind(SyntaxKind.NotEqualsExpression)),
            MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax { ArgumentList.Arguments: { Count: >= 1 } arguments } call } called when called.Expression == value && IsExact(call, called, model) =>
                new Comparison(call, provider, arguments[0].Expression, isNegated: false),
            ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called } call } all } argument when IsExact(call, called, model) =>
                Other(call, called, all, argument, model) is { } other ? new Comparison(call, provider, other, isNegated: false) : null,
            _ => null,
        };
    }

    private static ExpressionSyntax? ProviderOf(ExpressionSyntax revealed, SemanticModel model) =>
        revealed is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Current" } current } }
        && model.GetTypeInfo(current.Expression).Type is { } type && type.AllInterfaces.Select(one => one.Name).Append(type.Name).Contains("IRotatingCredentialProvider")
            ? current.Expression
            : null;

    private static ExpressionSyntax? Around(ExpressionSyntax value) => value.Parent switch
    {
        ParenthesizedExpressionSyntax parentheses => parentheses,
        MemberAccessExpressionSyntax { Name.Identifier.Text: "Span" } member when member.Expression == value => member,
        MemberAccessExpressionSyntax { Name.Identifier.Text: "ToArray", Parent: InvocationExpressionSyntax call } member when member.Expression == value => call,
        _ => null,
    };

    // Not one that overlooks case, nor one that orders.
    private static bool IsExact(InvocationExpressionSyntax call, MemberAccessExpressionSyntax called, SemanticModel model) =>
        called.Name.Identifier.Text is "Equals" or "SequenceEqual"
        && call.ArgumentList.Arguments.All(argument => model.GetTypeInfo(argument.Expression).Type?.Name != "StringComparison" || argument.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: "Ordinal" })
        && model.GetTypeInfo(called.Expression).Type?.Name != "StringComparer";

    private static ExpressionSyntax? Other(InvocationExpressionSyntax call, MemberAccessExpressionSyntax called, ArgumentListSyntax all, ArgumentSyntax argument, SemanticModel model)
    {
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
        {
            return null;
        }

        var isOnAnother = !method.IsStatic || method.MethodKind == MethodKind.ReducedExtension;
        return isOnAnother ? called.Expression : all.Arguments.Take(2).FirstOrDefault(one => one != argument)?.Expression;
    }
}
