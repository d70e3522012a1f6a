using System.Text.RegularExpressions;

namespace Nhi.Rotation.Testing.Tests.Docs;

/// <summary>A page with a table of rules.</summary>
internal sealed partial class RulePage(string name)
{
    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "repository");

    public string Text { get; } = File.ReadAllText(Path.Combine(Root, "docs", name));

    public void AssertHas(ConformanceRule rule)
    {
        Assert.EndsWith($"/docs/{name}", rule.Link.AbsolutePath, StringComparison.Ordinal);
        Assert.Contains($"<a id=\"{rule.Link.Fragment[1..]}\"></a>{rule.Id} |", Text, StringComparison.Ordinal);
    }

    public void AssertSays(IReadOnlyList<ConformanceRule> rules)
    {
        Assert.Equal(rules.Select(rule => (rule.Id, rule.Statement)), Rows().Matches(Text).Select(row => (row.Groups["id"].Value, row.Groups["statement"].Value)));
        Assert.All(Rows().Matches(Text), row => Assert.True(row.Groups["why"].Value.Length > 10));
    }

    /// <summary>What is quoted from a sample is in the sample.</summary>
    public void AssertQuotes()
    {
        var quotes = Quotes().Matches(Text);

        Assert.NotEmpty(quotes);
        Assert.All(quotes, quote => Assert.Contains(
            quote.Groups["code"].Value, File.ReadAllText(Path.Combine(Root, quote.Groups["file"].Value)), StringComparison.Ordinal));
    }

    [GeneratedRegex("""^\| <a id="[^"]+"></a>(?<id>\S+) \| (?<statement>[^|]+) \| (?<why>[^|]+) \|$""", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex("""<!-- from (?<file>\S+) -->\n(?:<!-- [^\n]* -->\n)?```csharp\n(?<code>.+?)```""", RegexOptions.Singleline)]
    private static partial Regex Quotes();
}
