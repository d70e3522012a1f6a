using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Nhi.Rotation.Analyzers.Flowing;
using Nhi.Rotation.Analyzers.Rules;

namespace Nhi.Rotation.Analyzers;

/// <summary>Follows each revealed value, and each version, through the member that asked for it: one walk for all the rules.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class RevealedAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Keeping.Value, Keeping.Version, Clients.Rule, Telling.Rule, Comparing.Rule, Starting.Rule, Pooling.Rule];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (Contracts.In(start.Compilation) is { } contracts)
            {
                var singletons = new Singletons();
                start.RegisterOperationBlockStartAction(block => Look(block, contracts, singletons));
                start.RegisterCompilationEndAction(end => singletons.Tell(end.ReportDiagnostic));
            }
        });
    }

    // Only what has a source in it is looked at further: most code has none, and costs the question alone.
    private static void Look(OperationBlockStartAnalysisContext block, Contracts contracts, Singletons singletons)
    {
        var found = new ConcurrentBag<IOperation>();
        block.RegisterOperationAction(
            operation =>
            {
                if (Sources.IsOne(operation.Operation, contracts))
                {
                    found.Add(operation.Operation);
                }
                else if (operation.Operation is IInvocationOperation call)
                {
                    singletons.Note(call);
                }
            },
            OperationKind.Invocation,
            OperationKind.PropertyReference);
        block.RegisterOperationBlockEndAction(end =>
        {
            if (!found.IsEmpty)
            {
                var member = new Member(end.OwningSymbol, end.OperationBlocks, contracts);
                Follow(found.OrderBy(operation => operation.Syntax.SpanStart), member, new Findings(end.ReportDiagnostic), singletons);
            }
        });
    }

    private static void Follow(IEnumerable<IOperation> found, Member member, Findings findings, Singletons singletons)
    {
        var origin = new Origin(member.Contracts, member.Locals);
        var flow = new Flow(new Passing(member.Contracts, member.Locals), (at, into) => Takes(at, into, member, findings));
        foreach (var operation in found)
        {
            var source = Sources.Of(operation, member.Contracts, origin);
            flow.Follow(source);
            if (!source.IsVersion && source.IsAsked && !findings.Has(source))
            {
                Started(source, member, findings, singletons);
            }
        }
    }

    private static bool Takes(Strand at, IOperation into, Member member, Findings findings) =>
        Telling.Takes(at, into, findings) || Comparing.Takes(at, into, findings)
        || (at.Source.IsAsked
            && (Clients.Takes(at, into, member, findings) || Pooling.Takes(at, into, member, findings) || Keeping.Takes(at, into, member, findings) || Starting.Takes(at, into, findings)));

    private static void Started(Source source, Member member, Findings findings, Singletons singletons)
    {
        var type = Starting.Constructed(source.Operation, member.Symbol);
        if (Starting.IsInRegistration(source.Operation) || (type is not null && Starting.IsSingletonByNature(type)))
        {
            findings.Add(Starting.Rule, Strand.From(source));
        }
        else if (type is not null)
        {
            singletons.Note(type, source.Operation.Syntax.GetLocation());
        }
    }
}
