using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Nhi.Rotation.Analyzers.Flowing;

namespace Nhi.Rotation.Analyzers.Rules;

/// <summary>NHI007: connections that a pool opens again, with the text that it was given.</summary>
internal static class Pooling
{
    public static readonly DiagnosticDescriptor Rule = Rules.Rule.Warning(
        "NHI007",
        "A pool keeps a revealed value",
        "'{0}' opens connections later with what it is given here: {1}",
        "A pool keeps its connection string. After a rotation it opens connections with the old password, and those that are open count as nobody's.");

    public static bool Takes(Strand at, IOperation into, Member member, Findings findings) =>
        at is { Source.IsVersion: false, Form: Form.Text or Form.Object } && Pool(at, into) is { } pool && !member.IsUnpooled && findings.Add(Rule, at, pool.Name, Instead(pool));

    private static ISymbol? Pool(Strand at, IOperation into) => into switch
    {
        IObjectCreationOperation { Type: { } type } when IsConnection(type) || type.Name.EndsWith("DataSourceBuilder", StringComparison.Ordinal) => type,
        IAssignmentOperation { Target: IPropertyReferenceOperation { Property: { Name: "ConnectionString", ContainingType: { } type } } } assignment when assignment.Value == at.Value && IsConnection(type) => type,
        IInvocationOperation call when call.Instance != at.Value => Pool(call),
        _ => null,
    };

    private static ISymbol? Pool(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.IsStatic && (IsConnection(method.ContainingType) || method.ContainingType.Name == "ConnectionMultiplexer") && Calls.IsFactory(method))
        {
            return method.ContainingType;
        }

        var isForContexts = Types.All(Tree.Receiver(call)?.Type).Any(type => type.Name is "DbContextOptionsBuilder") && method.Name.StartsWith("Use", StringComparison.Ordinal);
        var isForServices = method.Name.StartsWith("Add", StringComparison.Ordinal) && method.Name.EndsWith("DataSource", StringComparison.Ordinal) && !Starting.IsOurs(method);
        return isForContexts || isForServices ? method : null;
    }

    private static bool IsConnection(ITypeSymbol type) => Types.Derives(type, "System.Data.Common", "DbConnection") || Types.Derives(type, "System.Data.Common", "DbDataSource");

    private static string Instead(ISymbol pool) =>
        pool.Name.Contains("Npgsql") ? "AddRotatingNpgsqlDataSource() of Nhi.Rotation.Npgsql gives each the current password"
        : pool.Name == "ConnectionMultiplexer" ? "AddRotatingRedis() or UseRotatingCredential() of Nhi.Rotation.StackExchangeRedis gives each the current password"
        : "give each connection the current password, see docs/databases.md";
}
