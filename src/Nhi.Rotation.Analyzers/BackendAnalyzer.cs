using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Nhi.Rotation.Analyzers.Flowing;
using Nhi.Rotation.Analyzers.Rules;

namespace Nhi.Rotation.Analyzers;

/// <summary>Looks at backends alone: where the values of a store go before the engine has them.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class BackendAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Storing.Rule];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (Contracts.In(start.Compilation) is { } contracts)
            {
                start.RegisterOperationBlockStartAction(block =>
                {
                    if (contracts.IsBackend(block.OwningSymbol.ContainingType) && block.OwningSymbol is IMethodSymbol { MethodKind: not MethodKind.Constructor and not MethodKind.StaticConstructor })
                    {
                        Look(block, contracts);
                    }
                });
            }
        });
    }

    private static void Look(OperationBlockStartAnalysisContext block, Contracts contracts)
    {
        var wrapped = new ConcurrentBag<IInvocationOperation>();
        var blocking = new ConcurrentBag<(IOperation Call, string What)>();
        block.RegisterOperationAction(
            operation =>
            {
                if (Storing.IsWrapped(operation.Operation, contracts))
                {
                    wrapped.Add((IInvocationOperation)operation.Operation);
                }
                else if (Storing.Blocking(operation.Operation) is { } what)
                {
                    blocking.Add((operation.Operation, what));
                }
            },
            OperationKind.Invocation,
            OperationKind.PropertyReference);
        block.RegisterOperationBlockEndAction(end =>
        {
            // What has ended already blocks nobody.
            if (!blocking.IsEmpty && !end.OperationBlocks.SelectMany(one => one.Descendants()).Any(IsEnded))
            {
                foreach (var (call, what) in blocking)
                {
                    end.ReportDiagnostic(Diagnostic.Create(Storing.Rule, call.Syntax.GetLocation(), what));
                }
            }

            if (!wrapped.IsEmpty)
            {
                Follow(wrapped.OrderBy(call => call.Syntax.SpanStart), new Member(end.OwningSymbol, end.OperationBlocks, contracts), new Findings(end.ReportDiagnostic));
            }
        });
    }

    private static bool IsEnded(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod.Name: "WhenAll" or "WhenAny" } => true,
        IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" } => true,
        _ => false,
    };

    private static void Follow(IEnumerable<IInvocationOperation> wrapped, Member member, Findings findings)
    {
        var flow = new Flow(new Passing(member.Contracts, member.Locals), (at, into) => Storing.Takes(at, into, member, findings));
        foreach (var call in wrapped)
        {
            flow.Follow(new Source(call, Form.Object, isVersion: false, isAsked: true));
            foreach (var raw in Storing.Raw(call, member.Locals))
            {
                flow.Follow(new Source(raw, Form.Text, isVersion: false, isAsked: true));
            }
        }
    }
}
