using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Nhi.Rotation.Analyzers.Flowing;

namespace Nhi.Rotation.Analyzers.Rules;

/// <summary>NHI004: where a value is read by others, and stays.</summary>
internal static class Telling
{
    public static readonly DiagnosticDescriptor Rule = Rules.Rule.Warning(
        "NHI004",
        "A revealed value is told",
        "{0} shows a revealed value: name the credential and its version instead, a Credential's own ToString() does",
        "Logs, traces and error messages are copied, kept and read by many. A value that was in one has leaked, and has to be revoked.");

    public static bool Takes(Strand at, IOperation into, Findings findings) =>
        Teller(at, into) is { } teller && findings.Add(Rule, at, teller);

    /// <summary>What shows it to others, in words for a message.</summary>
    public static string? Teller(Strand at, IOperation into) => at is not { Source.IsVersion: false, Form: Form.Text or Form.Structure } ? null : into switch
    {
        IInvocationOperation call when call.Instance != at.Value && call.Parent is not IInterpolatedStringAppendOperation => Teller(call),
        IObjectCreationOperation { Type: { } type } when Types.Derives(type, "System", "Exception") => "An exception",
        IObjectCreationOperation { Type.Name: "Activity" or "ActivityEvent" or "ActivityTagsCollection" } => "An activity",
        IAssignmentOperation { Target: IPropertyReferenceOperation property } assignment when assignment.Value == at.Value => Teller(property),
        IReturnOperation when Tree.Function(into) is null && IsToString(into.SemanticModel?.GetEnclosingSymbol(into.Syntax.SpanStart)) => "ToString()",
        _ => null,
    };

    private static string? Teller(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var type = method.ContainingType;
        if (type.Name is "Console" or "Debug" or "Trace" or "TraceSource" or "EventSource" || Types.Derives(type, "System.Diagnostics.Tracing", "EventSource"))
        {
            return method.Name.StartsWith("Read", StringComparison.Ordinal) ? null : type.Name;
        }

        if (Types.All(Tree.Receiver(call)?.Type ?? type).Append(type).Any(one => one.Name is "ILogger" or "Logger" or "ILog") || method.GetAttributes().Any(one => one.AttributeClass?.Name == "LoggerMessageAttribute"))
        {
            return "A log";
        }

        return Tree.Receiver(call) switch
        {
            { Type: { } receiver } when Types.Is(receiver, "System.Diagnostics", "Activity") => "An activity",
            { Type: { } receiver } when receiver.ContainingNamespace?.ToDisplayString() == "System.Diagnostics.Metrics" => "A metric",
            IPropertyReferenceOperation { Property.Name: "Out" or "Error", Property.ContainingType.Name: "Console" } => "Console",
            { } inner when Types.Derives(Errors(inner)?.Type, "System", "Exception") => "An exception",
            _ => null,
        };
    }

    private static string? Teller(IPropertyReferenceOperation property) =>
        Types.Is(property.Property.ContainingType, "System.Diagnostics", "Activity") ? "An activity"
        : property.Instance is { } data && Types.Derives(Errors(data)?.Type, "System", "Exception") ? "An exception"
        : null;

    // `error.Data[...]`
    private static IOperation? Errors(IOperation data) => data is IPropertyReferenceOperation { Property.Name: "Data" } property ? property.Instance : null;

    private static bool IsToString(ISymbol? member) => member is IMethodSymbol { Name: "ToString", IsOverride: true };
}
