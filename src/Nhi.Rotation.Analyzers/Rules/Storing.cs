using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Nhi.Rotation.Analyzers.Flowing;

namespace Nhi.Rotation.Analyzers.Rules;

/// <summary>NHI008: what a backend does with the values of its store, and with the thread that asks it.</summary>
internal static class Storing
{
    public static readonly DiagnosticDescriptor Rule = Rules.Rule.Warning(
        "NHI008",
        "A backend keeps or tells values, or blocks",
        "A backend should {0}",
        "The engine keeps what is needed, and drops it when a version is retired or revoked: a second copy in a backend outlives that. A backend that blocks a thread holds up the refreshes of all credentials.");

    /// <summary>A value that a store gave, wrapped for the engine.</summary>
    public static bool IsWrapped(IOperation operation, Contracts contracts) =>
        operation is IInvocationOperation { TargetMethod: { IsStatic: true, Name: "FromText" or "FromBytes" } method } && contracts.NameOf(method.ContainingType) == Contracts.Value;

    /// <summary>The same before it was wrapped: what was put into the local variable or parameter that is.</summary>
    public static IEnumerable<IOperation> Raw(IInvocationOperation wrapping, Locals locals)
    {
        var wrapped = Tree.Bare(wrapping.Arguments[0].Value);
        return Locals.Named(wrapped) switch
        {
            ILocalSymbol local => locals.ValuesOf(local),
            IParameterSymbol parameter => locals.Of(parameter).Where(place => place != wrapped),
            _ => [],
        };
    }

    public static bool Takes(Strand at, IOperation into, Member member, Findings findings) =>
        (at.Form == Form.Text && IsWrapped(into, member.Contracts))
        || (Telling.Teller(at, into) is { } teller && findings.Add(Rule, at, $"tell no value: {Lower(teller)} shows one"))
        || (Keeping.Keeper(at, into, member) is { } keeper && keeper != Keeping.Loop && findings.Add(Rule, at, $"let go of values: {Lower(keeper)} keeps one, and the engine has what is needed"));

    /// <summary>What a call blocks on, if it does.</summary>
    public static string? Blocking(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { Name: "Sleep", ContainingType.Name: "Thread" } } => "wait with Task.Delay and not with Thread.Sleep",
        IInvocationOperation { TargetMethod: { Name: "Run" or "StartNew", ContainingType.Name: "Task" or "TaskFactory" } method } call when IsSynchronous(method) && IsAwaited(call) && !IsLetGo(call) => "call the store asynchronously, and not block a thread of the pool with Task.Run",
        IInvocationOperation { TargetMethod: { Name: "Wait" or "WaitAll", ContainingType.Name: "Task" } } => "await what it calls, and not block with Wait()",
        IInvocationOperation { TargetMethod: { Name: "GetResult", ContainingType.Name: "TaskAwaiter" or "ValueTaskAwaiter" or "ConfiguredTaskAwaiter" or "ConfiguredValueTaskAwaiter" } } => "await what it calls, and not block with GetResult()",
        IPropertyReferenceOperation { Property: { Name: "Result", ContainingType.Name: "Task" or "ValueTask" } } => "await what it calls, and not block with Result",
        _ => null,
    };

    private static bool IsSynchronous(IMethodSymbol method) =>
        method.Parameters.FirstOrDefault()?.Type is INamedTypeSymbol { TypeKind: TypeKind.Delegate, DelegateInvokeMethod: { } run } && run.ReturnType.Name is not ("Task" or "ValueTask");

    private static bool IsAwaited(IOperation call) => Tree.Around(call).TakeWhile(around => around is not IBlockOperation).Any(around => around is IAwaitOperation or IReturnOperation);

    // Whoever does not wait after a cancellation is held up by nothing.
    private static bool IsLetGo(IOperation call) => call.Parent is IInvocationOperation { TargetMethod.Name: "WaitAsync" };

    private static string Lower(string words) => words.StartsWith("A", StringComparison.Ordinal) || words.StartsWith("T", StringComparison.Ordinal) ? char.ToLowerInvariant(words[0]) + words.Substring(1) : words;
}
