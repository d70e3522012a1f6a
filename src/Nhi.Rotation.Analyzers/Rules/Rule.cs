using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Nhi.Rotation.Analyzers.Rules;

/// <summary>How each rule is declared: one category, a page of its own in the documentation, severity by <c>.editorconfig</c>.</summary>
internal static class Rule
{
    private const string Category = "Nhi.Rotation";

    private static readonly string Page = typeof(Rule).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "ProjectPage").Value + "/blob/main/docs/analyzers.md#";

    /// <param name="id">Never used again for another rule.</param>
    /// <param name="title">What is wrong, in a few words.</param>
    /// <param name="message">What is wrong here, and the fix.</param>
    /// <param name="why">What happens otherwise.</param>
    public static DiagnosticDescriptor Warning(string id, string title, string message, string why) =>
        new(id, title, message, Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, why, Page + id.ToLowerInvariant());
}
