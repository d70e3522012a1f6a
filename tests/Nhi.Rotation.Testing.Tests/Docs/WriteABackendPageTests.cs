using System.Text.RegularExpressions;

namespace Nhi.Rotation.Testing.Tests.Docs;

public partial class WriteABackendPageTests
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "repository");
    private static readonly string Page = File.ReadAllText(Path.Combine(Root, "docs", "write-a-backend.md"));

    public static TheoryData<string> RuleIds => [.. BackendConformance.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void The_link_of_a_rule_leads_to_its_row(string ruleId)
    {
        var rule = BackendConformance.Rules.Single(candidate => candidate.Id == ruleId);

        Assert.EndsWith("/docs/write-a-backend.md", rule.Link.AbsolutePath, StringComparison.Ordinal);
        Assert.Contains($"<a id=\"{rule.Link.Fragment[1..]}\"></a>{ruleId} |", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_says_what_the_code_says() => Assert.Equal(
        BackendConformance.Rules.Select(rule => (rule.Id, rule.Statement)),
        Rows().Matches(Page).Select(row => (row.Groups["id"].Value, row.Groups["statement"].Value)));

    [Fact]
    public void Every_rule_has_a_reason() => Assert.All(Rows().Matches(Page), row => Assert.True(row.Groups["why"].Value.Length > 10));

    [Fact]
    public void Code_that_is_quoted_from_the_sample_is_in_the_sample()
    {
        var quotes = Quotes().Matches(Page);

        Assert.NotEmpty(quotes);
        Assert.All(quotes, quote => Assert.Contains(
            quote.Groups["code"].Value, File.ReadAllText(Path.Combine(Root, quote.Groups["file"].Value)), StringComparison.Ordinal));
    }

    [Fact]
    public void The_backend_of_the_sample_is_shorter_than_150_lines() =>
        Assert.True(File.ReadAllLines(Path.Combine(Root, "samples", "CustomBackend", "VaultBackend.cs")).Length < 150);

    [GeneratedRegex("""^\| <a id="[^"]+"></a>(?<id>\S+) \| (?<statement>[^|]+) \| (?<why>[^|]+) \|$""", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex("""<!-- from (?<file>\S+) -->\n(?:<!-- [^\n]* -->\n)?```csharp\n(?<code>.+?)```""", RegexOptions.Singleline)]
    private static partial Regex Quotes();
}
