using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Nhi.Rotation.Analyzers.Rules;

namespace Nhi.Rotation.Analyzers.Tests;

/// <summary>What holds for every rule.</summary>
public sealed class RuleTests
{
    private static readonly IReadOnlyList<DiagnosticDescriptor> Rules =
    [
        .. typeof(Rule).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .SelectMany(type => ((DiagnosticAnalyzer)Activator.CreateInstance(type)!).SupportedDiagnostics)
            .OrderBy(rule => rule.Id, StringComparer.Ordinal),
    ];

    [Fact]
    public void Each_is_on_the_page_that_its_link_leads_to()
    {
        var root = Root();
        var page = File.ReadAllText(Path.Combine(root, "docs", "analyzers.md"));
        var project = XDocument.Load(Path.Combine(root, "Directory.Build.props")).Descendants("PackageProjectUrl").Single().Value;

        Assert.NotEmpty(Rules);
        Assert.All(Rules, rule =>
        {
            Assert.Equal($"{project}/blob/main/docs/analyzers.md#{rule.Id.ToLowerInvariant()}", rule.HelpLinkUri);
            Assert.Contains($"\n## {rule.Id}\n\n{rule.Title}.", page, StringComparison.Ordinal);
            Assert.Contains($"| [{rule.Id}](#{rule.Id.ToLowerInvariant()}) | {rule.Title} | {rule.DefaultSeverity.ToString().ToLowerInvariant()} |", page, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Ids_are_told_apart() => Assert.Equal(Rules.Select(rule => rule.Id).Distinct(), Rules.Select(rule => rule.Id));

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}
