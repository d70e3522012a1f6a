using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Nhi.Rotation.Analyzers.Flowing;

namespace Nhi.Rotation.Analyzers.Rules;

/// <summary>NHI001 and NHI002: what outlives the method that asked for it.</summary>
internal static class Keeping
{
    /// <summary>What keeps a value that was revealed before a loop which only ends with the app.</summary>
    public const string Loop = "This loop";

    public static readonly DiagnosticDescriptor Value = Rule.Warning(
        "NHI001",
        "A revealed value is kept",
        "{0} keeps a revealed value, which is the old one after a rotation: ask the provider each time, or keep what Derive() returns",
        "A copy is not replaced when the credential rotates. The app uses the old value until it fails, and nobody can say that the old one may be revoked.");

    public static readonly DiagnosticDescriptor Version = Rule.Warning(
        "NHI002",
        "A version of a credential is kept",
        "{0} keeps one version of a credential, which is the old one after a rotation: keep the provider, or what Derive() returns, and ask it each time",
        "A Credential is one version, and so is what Current of a derived object gives. After a rotation the provider has another one, and who kept the old one goes on using it.");

    public static bool Takes(Strand at, IOperation into, Member member, Findings findings)
    {
        if (at.Source.IsVersion && member.Holds)
        {
            return false;
        }

        return Keeper(at, into, member) is { } keeper && findings.Add(at.Source.IsVersion ? Version : at.Client is null ? Value : Clients.Rule, at, keeper);
    }

    /// <summary>What keeps it: a field, a property, something that lives long. In words for a message.</summary>
    public static string? Keeper(Strand at, IOperation into, Member member) =>
        into switch
        {
            IAssignmentOperation { Target: IPropertyReferenceOperation { Property: { Name: "ServerCertificate", ContainingType.Name: "HttpsConnectionAdapterOptions" } } } => "The server",
            IAssignmentOperation assignment when assignment.Value == at.Value => Name(at, Place.Of(assignment.Target)),
            IEventAssignmentOperation { EventReference: { } told } when at.Form == Form.Lambda => Name(at, Place.Of(told)),
            IPropertyReferenceOperation { Parent: IAssignmentOperation } key when at.Value is IArgumentOperation => Name(at, Place.Of(key)),
            IFieldInitializerOperation field => Name(field.InitializedFields.FirstOrDefault(Place.IsKeptBy)),
            IPropertyInitializerOperation property => Name(property.InitializedProperties.FirstOrDefault(Place.IsKeptBy)),
            IInvocationOperation call => Filled(at, call) ?? Called(at, call),
            IReturnOperation when at.Source.IsVersion && IsOfSingleton(into) => "The service collection",
            _ => null,
        }
        ?? (IsInEndlessLoop(at, member) ? Loop : null);

    private static string? Filled(Strand at, IInvocationOperation call) => Calls.Filled(call, at.Value).Select(filled => Name(Place.Of(filled).Kept)).FirstOrDefault(name => name is not null);

    private static bool IsOfSingleton(IOperation result) => Tree.Function(result) is { } lambda && Tree.Taker(lambda).Call is IInvocationOperation { TargetMethod: { } method } && method.Name.Contains("Singleton");

    private static string? Called(Strand at, IInvocationOperation call)
    {
        if (call.Instance == at.Value)
        {
            return null;
        }

        if (Calls.IsCollecting(call) && !Types.Derives(Tree.Receiver(call)?.Type, "System.Net.Http.Headers", "HttpHeaders"))
        {
            return Name(Place.Of(Tree.Receiver(call)).Kept);
        }

        return call.TargetMethod switch
        {
            { Name: "SetEnvironmentVariable", ContainingType.Name: "Environment" } => "The environment",
            { Name: "SetData", ContainingType.Name: "AppContext" or "AppDomain" } => "The app domain",
            { Name: "UseHttps" } => "The server",
            _ when at.Source.IsVersion && Starting.IsRegistration(call) => "The service collection",
            { Name: "OnChange" } when at.Form == Form.Lambda => "A lambda that is called later",
            _ when at.Form == Form.Lambda && Types.All(Tree.Receiver(call)?.Type).Any(type => type.Name is "IEndpointRouteBuilder" or "IApplicationBuilder") => "A lambda that is called later",
            _ => null,
        };
    }

    // Whoever hands an object in may keep it, or not; but a lambda is put into one to be called later.
    private static string? Name(Strand at, Place place) => Name(place.Kept) ?? (at.Form == Form.Lambda && place.IsHandedIn ? "A lambda that is called later" : null);

    private static string? Name(ISymbol? kept) => kept switch
    {
        null => null,
        IFieldSymbol { AssociatedSymbol: { } property } => $"'{property.Name}'",
        _ => $"'{kept.Name}'",
    };

    private static bool IsInEndlessLoop(Strand at, Member member) =>
        at.Value == at.Leaf && at.Write is not null
        && Tree.Around(at.Leaf).OfType<ILoopOperation>().FirstOrDefault(loop => IsEndless(loop) && !Tree.IsIn(at.Write, loop)) is { } endless
        && Locals.Named(at.Leaf) is { } variable
        && !member.Locals.Of(variable).Any(place => place.Parent is IAssignmentOperation assignment && assignment.Target == place && Tree.IsIn(assignment, endless));

    private static bool IsEndless(ILoopOperation loop) => loop switch
    {
        IWhileLoopOperation { Condition: { } condition } => !CanEnd(loop) && (condition.ConstantValue is { HasValue: true, Value: true } || condition.DescendantsAndSelf().Any(IsStop)),
        IForLoopOperation { Condition: null } => !CanEnd(loop),
        IForEachLoopOperation { IsAsynchronous: true } each => each.Collection.DescendantsAndSelf().Any(operation => operation is IInvocationOperation { TargetMethod.Name: "ReadAllAsync" }),
        _ => false,
    };

    private static bool CanEnd(ILoopOperation loop) => loop.Body.Descendants().Any(operation => operation is IReturnOperation { Kind: OperationKind.Return } or IBranchOperation { BranchKind: BranchKind.Break } && Tree.Function(operation) == Tree.Function(loop));

    private static bool IsStop(IOperation operation) => operation is IPropertyReferenceOperation { Property.Name: "IsCancellationRequested" } or IInvocationOperation { TargetMethod.Name: "WaitForNextTickAsync" };
}
