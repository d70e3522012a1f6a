namespace Nhi.Rotation.Testing.Tests.Docs;

public class WriteAnEvidenceSinkPageTests
{
    private static readonly RulePage Page = new("write-an-evidence-sink.md");

    [Fact]
    public void The_table_says_what_the_code_says_and_why()
    {
        Assert.All(EvidenceSinkConformance.Rules, Page.AssertHas);
        Page.AssertSays(EvidenceSinkConformance.Rules);
    }

    [Fact]
    public void Code_that_is_quoted_from_the_sample_is_in_the_sample() => Page.AssertQuotes();

    [Fact]
    public void The_sink_of_the_sample_is_shorter_than_30_lines() =>
        Assert.True(File.ReadAllLines(Path.Combine(RulePage.Root, "samples", "CustomBackend", "HttpEvidenceSink.cs")).Length < 30);
}
