using System.Text;
using Nhi.Rotation.Cli;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Evidence.Tests.Journal;

/// <summary>What a newer library writes is not understood, which is neither good nor tampering.</summary>
public sealed class FormatTests : IDisposable
{
    private readonly EvidenceDirectory _evidence = new();

    public FormatTests() => new WrittenInstance("aaaa").Describe(0).See("v1", 0).Promote("v1", 0).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101).Alive(300).Write(_evidence.Path);

    public void Dispose() => _evidence.Dispose();

    [Theory]
    [InlineData("\"schema\":2", "\"schema\":3")]
    [InlineData("\"schema\":2", "\"schema\":0")]
    [InlineData("\"schema\":2,", "")]
    [InlineData("\"schema\":2", "\"schema\":{\"major\":2}")]
    [InlineData("\"kind\":\"accepted\"", "\"kind\":\"acceptedByQuorum\"")]
    [InlineData("\"kind\":\"alive\"", "\"kind\":\"heartbeat\"")]
    public void A_newer_format_or_a_newer_kind_of_line_gives_no_good_verdict_and_blames_nobody(string ours, string newer)
    {
        Rewrite(line => line.Replace(ours, newer, StringComparison.Ordinal));

        var result = _evidence.Verify(WrittenInstance.At(300));
        Assert.True(result.Exit == (int)ExitCode.NotEnoughEvidence, result.Output);
        Assert.Contains("UNREADABLE", result.Output, StringComparison.Ordinal);
        Assert.Contains("update the tool", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("TAMPERED", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_property_that_this_tool_does_not_know_changes_nothing()
    {
        Rewrite(line => line.Replace("\"kind\":", "\"weather\":{\"sun\":[1,2]},\"kind\":", StringComparison.Ordinal));

        Assert.Equal((int)ExitCode.Safe, _evidence.Verify(WrittenInstance.At(300)).Exit);
        Assert.All(_evidence.Findings(), finding => Assert.Equal(FindingKind.Unclosed, finding.Kind));
    }

    [Fact]
    public void A_file_of_the_format_before_is_read()
    {
        Rewrite(line => line.Replace("\"schema\":2", "\"schema\":1", StringComparison.Ordinal));

        Assert.Contains("\"schema\":1", File.ReadAllText(_evidence.File), StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.Safe, _evidence.Verify(WrittenInstance.At(300)).Exit);
    }

    // With its hashes, as another version of the library would write it.
    private void Rewrite(Func<string, string> change)
    {
        using var output = new MemoryStream();
        var last = LineSeal.Origin;
        foreach (var line in File.ReadAllLines(_evidence.File))
        {
            var body = line[..line.LastIndexOf(",\"prev\":", StringComparison.Ordinal)];
            last = LineSeal.Seal(Encoding.UTF8.GetBytes(change(body) + $",\"prev\":\"{last}\"}}"), output);
        }

        File.WriteAllBytes(_evidence.File, output.ToArray());
    }
}
