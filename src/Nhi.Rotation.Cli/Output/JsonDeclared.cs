using Nhi.Rotation.Evidence.Fleet;

namespace Nhi.Rotation.Cli.Output;

/// <summary>What somebody declared, who, and why.</summary>
internal sealed record JsonDeclared(
    string By, string? Because, IReadOnlyCollection<string> RetiredConsumers, IReadOnlyDictionary<string, string> Renamed, IReadOnlyCollection<string> AcceptedLosses)
{
    /// <returns><see langword="null"/> if nothing was declared.</returns>
    public static JsonDeclared? Of(Declarations declared) => declared.IsEmpty
        ? null
        : new JsonDeclared(Environment.UserName, declared.Because, declared.RetiredConsumers, declared.Renamed, declared.AcceptedLosses);
}
