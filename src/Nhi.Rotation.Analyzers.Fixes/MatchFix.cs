using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace Nhi.Rotation.Analyzers.Fixes;

/// <summary>NHI005: <c>provider.Current.Reveal() == presented</c> becomes <c>provider.Match(...).IsAccepted</c>. Offered where the value is compared right where it is revealed, byte for byte.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
internal sealed class MatchFix : CodeFixProvider
{
    private const string Title = "Use Match()";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["NHI005"];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true) is ExpressionSyntax revealed && model is not null
            && Comparison.Of(revealed, model) is { } comparison && Fixed(comparison, model) is { } fix)
        {
            context.RegisterCodeFix(
                CodeAction.Create(Title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(comparison.Whole, fix.WithTriviaFrom(comparison.Whole)))), Title),
                context.Diagnostics);
        }
    }

    private static ExpressionSyntax? Fixed(Comparison comparison, SemanticModel model)
    {
        if (Bytes(comparison.Presented, model) is not { } bytes)
        {
            return null;
        }

        var match = SyntaxFactory.InvocationExpression(Member(comparison.Provider.WithoutTrivia(), "Match"), SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(bytes))));
        ExpressionSyntax accepted = Member(match, "IsAccepted");
        return comparison.IsNegated ? SyntaxFactory.PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, accepted) : accepted;
    }

    // Match takes a span of bytes.
    private static ExpressionSyntax? Bytes(ExpressionSyntax presented, SemanticModel model)
    {
        var bare = presented.WithoutTrivia();
        var (type, nullability) = (model.GetTypeInfo(presented).Type, model.GetTypeInfo(presented).Nullability.FlowState);
        switch (type)
        {
            case { SpecialType: SpecialType.System_String }:
                // Nothing presented is nothing accepted.
                var text = nullability == NullableFlowState.MaybeNull ? SyntaxFactory.BinaryExpression(SyntaxKind.CoalesceExpression, SyntaxFactory.ParenthesizedExpression(bare).WithAdditionalAnnotations(Simplifier.Annotation), SyntaxFactory.ParseExpression("\"\"")) : bare;
                var utf8 = SyntaxFactory.ParseExpression("global::System.Text.Encoding.UTF8").WithAdditionalAnnotations(Simplifier.Annotation);
                return SyntaxFactory.InvocationExpression(Member(utf8, "GetBytes"), SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(text))));
            case IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte }:
            case INamedTypeSymbol { Name: "ReadOnlySpan" or "Span", TypeArguments: { Length: 1 } ofSpan } when ofSpan[0].SpecialType == SpecialType.System_Byte:
                return bare;
            case INamedTypeSymbol { Name: "ReadOnlyMemory" or "Memory", TypeArguments: { Length: 1 } ofMemory } when ofMemory[0].SpecialType == SpecialType.System_Byte:
                return Member(bare, "Span");
            default:
                return null;
        }
    }

    private static MemberAccessExpressionSyntax Member(ExpressionSyntax of, string name) => SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, of, SyntaxFactory.IdentifierName(name));
}
