using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Tests;

/// <summary>The report for programs is what docs/rotate-with-proof.md shows: no property more, none less.</summary>
public sealed partial class JsonReportTests
{
    [Fact]
    public void The_page_shows_every_property_of_the_report_and_no_other()
    {
        using var evidence = new EvidenceDirectory();
        Full().Write(evidence.Path);
        new WrittenInstance("0b6e4c1f7a2d9358", "web") { Resource = new() { ["k8s.pod.name"] = "shop-2" } }.Describe(0).Write(evidence.Path);
        var running = Path.Combine(evidence.Path, "running");
        File.WriteAllText(running, "pod/shop-1");
        var (exit, output, _) = evidence.Verify(
            WrittenInstance.At(300), "--format", "json", "--quiet-period", "1h", "--alive", running, "--gone-after", "1d", "--expect", "shop=2", "--retired-consumer", "shop/oldfeature", "--renamed", "web=shop", "--because", "removed in 3.1");
        Assert.Equal((int)ExitCode.Violated, exit);

        var shown = JsonBlock().Match(File.ReadAllText(Path.GetFullPath(Path.Combine(Repository.Page, "../rotate-with-proof.md")))).Groups["json"].Value;
        Assert.True(PathsOf(output).SetEquals(PathsOf(shown)), $"The page differs: {string.Join(", ", PathsOf(output).Order().Except(PathsOf(shown)))} | {string.Join(", ", PathsOf(shown).Except(PathsOf(output)))}\n{output}");
    }

    [Fact]
    public void Its_words_do_not_change()
    {
        Assert.Equal(["Safe", "StillUsed", "Violated", "NotEnoughEvidence", "TimeUp", "Usage", "CannotRead", "Mistake", "CannotWrite", "Interrupted"], Enum.GetNames<ExitCode>());
        Assert.Equal([0, 1, 2, 3, 4, 64, 66, 70, 73, 130], Enum.GetValues<ExitCode>().Select(code => (int)code));
        Assert.Equal(["InOverlap", "StillUsed", "SafeToRevoke", "ProvenRevoked", "Violated"], Enum.GetNames<VerdictKind>());
        Assert.Equal(["Unclosed", "Torn", "Lost", "Unreadable", "Tampered", "SetBack"], Enum.GetNames<FindingKind>());
    }

    // A life in which everything happens, so that nothing is left out of the report.
    private static WrittenInstance Full()
    {
        var instance = new WrittenInstance("d7ee3becaf320280") { Resource = new() { ["k8s.pod.name"] = "shop-1" } };
        instance.Add(new EvidenceEvent { Kind = EvidenceKind.Described, At = WrittenInstance.At(0), CredentialName = "stripe", Owner = "payments", Purpose = "charges", QuietPeriod = TimeSpan.FromHours(1), Formerly = ["stripe-key"] });
        instance.See("v1", 0).Promote("v1", 0).Use("v1", 10, caller: "acme").Use("v1", 20, "oldfeature");
        instance.Add(instance.Event(EvidenceKind.Seen, "v2", 99) with { CreatedOn = WrittenInstance.At(98) });
        instance.Add(instance.Event(EvidenceKind.Probed, "v2", 99) with { By = "HttpProbe", Verdict = ProbeVerdict.Accepted, Detail = "200" });
        instance.Add(instance.Event(EvidenceKind.Superseded, "v1", 100) with { OtherId = "v2", Until = WrittenInstance.At(160) });
        instance.Promote("v2", 100, "v1").Use("v2", 101).Accept("v2", 101);
        instance.Add(instance.Event(EvidenceKind.Retired, "v1", 160) with { Detail = "the overlap window ended" });
        instance.Add(instance.Event(EvidenceKind.RetirementProbed, "v1", 161) with { By = "HttpProbe", Verdict = ProbeVerdict.Rejected, Detail = "401" });
        instance.Add(instance.Event(EvidenceKind.Revoked, "v1", 170) with { Detail = "rotated" });
        return instance.Use("v1", 180, stage: CredentialStage.Revoked, held: 1, caller: "acme").Alive(300);
    }

    private static HashSet<string> PathsOf(string json) => [.. PathsOf(JsonNode.Parse(json), "")];

    private static IEnumerable<string> PathsOf(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(member => PathsOf(member.Value, $"{path}.{member.Key}")),
        JsonArray { Count: > 0 } items => items.SelectMany(item => PathsOf(item, path + "[]")),
        _ => [path],
    };

    [GeneratedRegex(@"## The report as JSON.*?```json\n(?<json>.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
