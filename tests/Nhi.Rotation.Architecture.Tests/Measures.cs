using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Nhi.Rotation.Architecture.Tests;

/// <summary>What is counted, and how.</summary>
internal static class Measures
{
    public static int Lines(SourceFile file) => file.Tree.GetText().ToString().Count(sign => sign == '\n');

    /// <summary>
    /// What an object of the type remembers: fields, parameters of the constructor that methods use, and properties that change.
    /// Properties that are set once, as records and options have, are what it says, not what it has to keep right.
    /// </summary>
    public static int Fields(INamedTypeSymbol type)
    {
        var fields = type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic && !field.IsConst);
        var own = fields.Count(field => field.AssociatedSymbol is null ? !field.IsImplicitlyDeclared : field.AssociatedSymbol is IPropertySymbol { SetMethod: { IsInitOnly: false, DeclaredAccessibility: not Accessibility.Public } });
        var events = type.GetMembers().OfType<IEventSymbol>().Count(one => !one.IsStatic && one.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is VariableDeclaratorSyntax));
        return type.TypeKind is TypeKind.Enum or TypeKind.Interface ? 0 : own + events + (type.IsRecord ? 0 : Captured(type));
    }

    /// <summary>Methods, constructors, accessors, operators and local functions with their lines, from the name to the last brace.</summary>
    public static IEnumerable<(string Name, int Lines, int Complexity)> Methods(SourceFile file)
    {
        foreach (var node in file.Syntax.DescendantNodes())
        {
            SyntaxToken? name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier,
                ConstructorDeclarationSyntax constructor => constructor.Identifier,
                OperatorDeclarationSyntax made => made.OperatorToken,
                LocalFunctionStatementSyntax local => local.Identifier,
                AccessorDeclarationSyntax { Body: not null } or AccessorDeclarationSyntax { ExpressionBody: not null } => ((AccessorDeclarationSyntax)node).Keyword,
                PropertyDeclarationSyntax { ExpressionBody: not null } property => property.Identifier,
                _ => null,
            };
            if (name is { } token)
            {
                var lines = file.Tree.GetText().Lines;
                var first = lines.GetLineFromPosition(token.SpanStart).LineNumber;
                yield return ($"{file.Name}:{first + 1} {token.Text}", lines.GetLineFromPosition(node.Span.End).LineNumber - first + 1, Ways(node));
            }
        }
    }

    /// <summary>Cyclomatic complexity: one, and one more for each branch.</summary>
    public static int Ways(SyntaxNode method) => 1 + method.DescendantNodes().Count(IsBranch);

    /// <summary>Groups of things that can be reached from each other.</summary>
    public static IEnumerable<IReadOnlyList<T>> Circles<T>(IReadOnlyCollection<T> all, Func<T, IEnumerable<T>> next)
        where T : notnull
    {
        var order = new List<T>();
        var seen = new HashSet<T>();
        void Visit(T from, Func<T, IEnumerable<T>> along, List<T> into)
        {
            if (seen.Add(from))
            {
                foreach (var to in along(from))
                {
                    Visit(to, along, into);
                }

                into.Add(from);
            }
        }

        foreach (var one in all)
        {
            Visit(one, next, order);
        }

        var back = all.SelectMany(from => next(from).Select(to => (from, to))).ToLookup(arrow => arrow.to, arrow => arrow.from);
        seen.Clear();
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var circle = new List<T>();
            Visit(order[i], one => back[one], circle);
            if (circle.Count > 1)
            {
                yield return circle;
            }
        }
    }

    private static int Captured(INamedTypeSymbol type)
    {
        var declaration = type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax()).OfType<TypeDeclarationSyntax>().FirstOrDefault(part => part.ParameterList is not null);
        if (declaration?.ParameterList is not { } parameters)
        {
            return 0;
        }

        // A parameter that only initialises fields and properties is not remembered.
        var bodies = declaration.Members.Where(member => member is not (FieldDeclarationSyntax or TypeDeclarationSyntax) && member is not PropertyDeclarationSyntax { Initializer: not null });
        var used = bodies.SelectMany(body => body.DescendantNodes()).OfType<IdentifierNameSyntax>().Select(name => name.Identifier.Text).ToHashSet();
        return parameters.Parameters.Count(parameter => used.Contains(parameter.Identifier.Text));
    }

    private static bool IsBranch(SyntaxNode piece) => piece.Kind() is
        SyntaxKind.IfStatement or SyntaxKind.WhileStatement or SyntaxKind.DoStatement or SyntaxKind.ForStatement or SyntaxKind.ForEachStatement or SyntaxKind.ForEachVariableStatement
        or SyntaxKind.CaseSwitchLabel or SyntaxKind.CasePatternSwitchLabel or SyntaxKind.SwitchExpressionArm or SyntaxKind.CatchClause or SyntaxKind.ConditionalExpression
        or SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression or SyntaxKind.CoalesceExpression;
}
