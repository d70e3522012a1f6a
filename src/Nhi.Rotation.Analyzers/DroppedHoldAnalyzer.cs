using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Nhi.Rotation.Analyzers.Flowing;
using Nhi.Rotation.Analyzers.Rules;

namespace Nhi.Rotation.Analyzers;

/// <summary>A hold without an owner whose result nobody keeps: it is lost with the next garbage collection, and the version stays unproven.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class DroppedHoldAnalyzer : DiagnosticAnalyzer
{
    internal static readonly DiagnosticDescriptor Dropped = Rule.Warning(
        "NHI009",
        "What Hold() returns is dropped",
        "Keep what Hold() returns and dispose it when what was opened is closed, or tie it to that with Hold(owner)",
        "A hold that nobody keeps is lost when it is garbage-collected. Nobody knows then whether the connection is closed, so the version is not proven to be safe to revoke any more.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Dropped];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (Contracts.In(start.Compilation) is { } contracts)
            {
                start.RegisterOperationAction(operation => Look(operation, contracts), OperationKind.Invocation);
            }
        });
    }

    private static void Look(OperationAnalysisContext context, Contracts contracts)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod is { Name: "Hold", Parameters.IsEmpty: true } method
            && contracts.NameOf(method.ContainingType) is Contracts.Credential or Contracts.Match
            && IsDropped(call))
        {
            context.ReportDiagnostic(Diagnostic.Create(Dropped, call.Syntax.GetLocation()));
        }
    }

    private static bool IsDropped(IOperation call)
    {
        var taken = Taker(call);
        return taken.Parent switch
        {
            IExpressionStatementOperation => true,
            ISimpleAssignmentOperation { Target: IDiscardOperation } => true,
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation local } => !IsDisposed(local) && !IsNamed(local.Symbol, Root(local)),
            _ => false,
        };
    }

    // A value goes on through casts, ?., ??, ?: and parentheses.
    private static IOperation Taker(IOperation value)
    {
        while (value.Parent is IConversionOperation or IConditionalAccessOperation or ICoalesceOperation or IConditionalOperation { Type: not null } or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return value;
    }

    private static bool IsDisposed(IOperation local)
    {
        for (var around = local.Parent; around is not null and not IBlockOperation; around = around.Parent)
        {
            if (around is IUsingDeclarationOperation or IUsingOperation)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNamed(ILocalSymbol local, IOperation root) =>
        root.Descendants().OfType<ILocalReferenceOperation>().Any(reference => SymbolEqualityComparer.Default.Equals(reference.Local, local));

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }
}
