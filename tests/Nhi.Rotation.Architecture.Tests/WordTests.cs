using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Nhi.Rotation.Architecture.Tests;

/// <summary>What sources and pages may say and point to.</summary>
public sealed partial class WordTests
{
    private static readonly string[] Kept = [".cs", ".md", ".csproj", ".props", ".yml", ".yaml", ".json", ".txt", ".sh", ".css", ".js"];

    /// <summary>All text files that belong to the repository.</summary>
    private static IEnumerable<string> Texts(params string[] folders) =>
        from folder in folders
        from path in Directory.EnumerateFiles(Path.Combine(House.Root, folder), "*", folder == "." ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories)
        where Kept.Contains(Path.GetExtension(path))
        where !path.Split('/').Any(part => part is "obj" or "bin" or "node_modules" or "artifacts")
        select path;

    [Fact]
    public void Sources_point_to_nothing_that_a_reader_does_not_have()
    {
        var wrong = from path in Texts("src")
                    from line in File.ReadLines(path).Select((text, index) => (Text: text, Number: index + 1))
                    where Elsewhere().IsMatch(line.Text)
                    select $"{Path.GetRelativePath(House.Root, path)}:{line.Number} {line.Text.Trim()}";

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("// As DESIGN says", true)]
    [InlineData("// (§7)", true)]
    [InlineData("// Rule 4: newest first", true)]
    [InlineData("// RFC 9110 §11.6.2 wants a scheme", false)]
    [InlineData("// The designer's rules", false)]
    public void Sections_of_an_RFC_may_be_named(string line, bool wrong) => Assert.Equal(wrong, Elsewhere().IsMatch(line));

    [Fact]
    public void Every_page_that_a_file_names_exists()
    {
        var named = from path in Texts("src", "tests", "samples", "benchmarks", "docs", "ops", ".")
                    from Match match in Page().Matches(File.ReadAllText(path))
                    select (In: Path.GetRelativePath(House.Root, path), Page: match.Value);
        var all = named.ToList();

        Assert.NotEmpty(all);
        Assert.Empty(all.Where(name => !File.Exists(Path.Combine(House.Root, name.Page))).Select(name => $"{name.In} names {name.Page}").Distinct());
    }

    [Fact]
    public void Every_link_of_a_page_leads_somewhere()
    {
        var dead = from path in Texts("docs", "src", "samples", ".").Where(path => path.EndsWith(".md", StringComparison.Ordinal))
                   from Match match in Link().Matches(File.ReadAllText(path))
                   let target = match.Groups[1].Value
                   where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
                   where !Path.Exists(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, target)))
                   select $"{Path.GetRelativePath(House.Root, path)} links to {target}";

        Assert.Empty(dead.Distinct());
    }

    [Fact]
    public void A_hold_is_an_open_use_and_nothing_else()
    {
        // What is open, who opens and closes it, and how many there are. Another meaning has another word: paused, set back, kept, blocked.
        string[] meant =
        [
            "Hold", "HoldAsync", "Holds", "HoldsOf", "BeginHold", "EndHold", "CountHold", "NoHold", "CredentialHold", "OpenHolds", "HoldKindTag", "IsHeldAfterCollection", "LoseHold", "LostHolds", "HoldLost", "HeldContent",
            "DroppedHoldAnalyzer", "StreamHold", "Held", "HeldStream", "StillHeld", "TellHeld", "IsHeldTold",
        ];
        var members = from file in House.Sources.Files
                      from type in file.Types
                      from member in type.GetMembers().Append(type)
                      where member is { IsImplicitlyDeclared: false } and not IMethodSymbol { AssociatedSymbol: not null }
                      where Holding().IsMatch(member.Name)
                      select (File: file, member.Name);
        var all = members.ToList();

        Assert.NotEmpty(all);
        Assert.Empty(all.Where(member => !meant.Contains(member.Name)).Select(member => $"{member.File}: {member.Name}").Distinct());
    }

    [GeneratedRegex("(^|[a-z_])(Hold|Held)([A-Z]|s|$)")]
    private static partial Regex Holding();

    [GeneratedRegex(@"\bDESIGN\b|\bRules? [0-9]|(?<!RFC [0-9]{3,5}(, | ))§")]
    private static partial Regex Elsewhere();

    // No word before it: "docs/x.md" of another repository's address is not ours.
    [GeneratedRegex(@"(?<![\w/.-])docs/[a-z0-9-]{2,}\.(md|png)")]
    private static partial Regex Page();

    [GeneratedRegex(@"\]\(([^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();
}
