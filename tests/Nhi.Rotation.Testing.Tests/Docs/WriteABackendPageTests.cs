namespace Nhi.Rotation.Testing.Tests.Docs;

public class WriteABackendPageTests
{
    private static readonly RulePage Page = new("write-a-backend.md");

    public static TheoryData<string> RuleIds => [.. BackendConformance.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void The_link_of_a_rule_leads_to_its_row(string ruleId) => Page.AssertHas(BackendConformance.Rules.Single(candidate => candidate.Id == ruleId));

    [Fact]
    public void The_table_says_what_the_code_says_and_why() => Page.AssertSays(BackendConformance.Rules);

    [Fact]
    public void Code_that_is_quoted_from_the_sample_is_in_the_sample() => Page.AssertQuotes();

    [Fact]
    public void The_backend_of_the_sample_is_shorter_than_150_lines() =>
        Assert.True(File.ReadAllLines(Path.Combine(RulePage.Root, "samples", "CustomBackend", "VaultBackend.cs")).Length < 150);
}
