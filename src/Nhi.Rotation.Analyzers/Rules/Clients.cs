using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Nhi.Rotation.Analyzers.Flowing;

namespace Nhi.Rotation.Analyzers.Rules;

/// <summary>NHI003: headers that a client sends with each request. What its constructor was given is told where the client is kept.</summary>
internal static class Clients
{
    public static readonly DiagnosticDescriptor Rule = Rules.Rule.Warning(
        "NHI003",
        "A client keeps a revealed value",
        "{0} keeps a revealed value for as long as the client lives: let the client's requests be stamped with AddRotatingCredential(), or put the value into each request",
        "A client sends what it was made with until it is made anew. After a rotation its requests carry the old value, and fail when that is revoked.");

    public static bool Takes(Strand at, IOperation into, Member member, Findings findings)
    {
        var target = into switch
        {
            IAssignmentOperation assignment when assignment.Value == at.Value => assignment.Target,
            IInvocationOperation call when call.Instance != at.Value => Tree.Receiver(call),
            _ => null,
        };
        var headers = Headers(target);
        return headers is not null && !at.Source.IsVersion && !IsForOneUse(headers, member) && findings.Add(Rule, at, "'DefaultRequestHeaders'");
    }

    private static IPropertyReferenceOperation? Headers(IOperation? target)
    {
        for (var piece = Tree.Bare(target); piece is IPropertyReferenceOperation property; piece = Tree.Bare(property.Instance))
        {
            if (property.Property.Name == "DefaultRequestHeaders")
            {
                return property;
            }
        }

        return null;
    }

    // A client that this method made or was given by a factory, and that goes nowhere else.
    private static bool IsForOneUse(IPropertyReferenceOperation headers, Member member) =>
        Place.Of(headers.Instance).Variable is ILocalSymbol client
        && member.Locals.ValuesOf(client).All(value => Tree.Bare(value) is IObjectCreationOperation or IInvocationOperation)
        && member.Locals.Of(client).All(place => place is IVariableDeclaratorOperation || place.Parent is IInvocationOperation { Instance: { } instance } && instance == place || place.Parent is IPropertyReferenceOperation or IUsingOperation)
        && !member.Locals.Of(client).Any(place => Tree.Function(place) != Tree.Function(headers));
}
