using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Tests.Fleet;

/// <summary>Evidence as it is collected: copies, strangers, gaps; and what somebody says who knows more.</summary>
public sealed class CollectedTests : IDisposable
{
    private const int Now = 300;
    private const string Named = "shop-0123456789abcdef-0001.jsonl";

    private readonly EvidenceDirectory _evidence = new();

    public CollectedTests() => Good("aaaa").Alive(Now).Write(_evidence.Path);

    private string First => Directory.GetFiles(_evidence.Path, "*aaaa*").Single();

    public void Dispose() => _evidence.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(1_000)]
    public void The_same_chain_collected_twice_is_one_chain(int cut)
    {
        // A backup, or a snapshot of the file before it grew.
        var whole = File.ReadAllBytes(First);
        File.WriteAllBytes(Path.Combine(_evidence.Path, "backup.jsonl"), whole[..^cut]);
        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void Two_chains_that_part_are_no_copies()
    {
        Good("aaaa").Use("v1", 290, "report", CredentialStage.Previous).Alive(Now).Write(Directory.CreateDirectory(Path.Combine(_evidence.Path, "other")).FullName);

        AssertExit(ExitCode.Violated);
    }

    [Fact]
    public void A_file_that_is_no_evidence_is_named_and_left_alone()
    {
        File.WriteAllText(Path.Combine(_evidence.Path, "requests.jsonl"), "{\"path\":\"/\"}\n");

        Assert.Contains("requests.jsonl is no evidence", AssertExit(ExitCode.Safe), StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_claims_to_be_evidence_is_not_left_alone()
    {
        File.WriteAllText(Path.Combine(_evidence.Path, Named), "{\"path\":\"/\"}\n");

        AssertExit(ExitCode.Violated);
    }

    [Fact]
    public void Empty_files_of_an_instance_that_is_whole_are_nothing()
    {
        using var evidence = new EvidenceDirectory();
        Good("0123456789abcdef").Alive(Now).Write(evidence.Path);
        File.WriteAllText(Path.Combine(evidence.Path, Named.Replace("0001", "0002", StringComparison.Ordinal)), "");
        File.WriteAllText(Path.Combine(evidence.Path, Named.Replace("0001", "0003", StringComparison.Ordinal)), "");

        var result = evidence.Verify(WrittenInstance.At(Now));
        Assert.True(result.Exit == (int)ExitCode.Safe, result.Output);
    }

    [Fact]
    public void Who_should_be_there_and_is_not_keeps_it_from_being_safe()
    {
        Assert.Contains("2 instances of shop should be there", AssertExit(ExitCode.NotEnoughEvidence, "--expect", "shop=2"), StringComparison.Ordinal);
        AssertExit(ExitCode.Safe, "--expect", "shop=1");
        AssertExit(ExitCode.NotEnoughEvidence, "--expect", "shop=1,worker=1");

        Good("bbbb").Stop(200).Write(_evidence.Path);
        AssertExit(ExitCode.NotEnoughEvidence, "--expect", "shop=2");

        var file = Path.Combine(_evidence.Path, "expected.txt");
        File.WriteAllText(file, "# the fleet\nshop=1\nworker=1\n");
        AssertExit(ExitCode.NotEnoughEvidence, "--expect-from", file);
        AssertExit(ExitCode.Usage, "--expect", "shop=many");
    }

    [Fact]
    public void One_process_that_writes_to_two_places_is_one_instance()
    {
        // It started once.
        Good("bbbb").Alive(Now).Write(_evidence.Path);
        AssertExit(ExitCode.NotEnoughEvidence, "--expect", "shop=2");

        new WrittenInstance("cccc").Describe(0.001).See("v1", 0).Promote("v1", 0).Rotate("v1", "v2", 100).Use("v2", 102).Accept("v2", 102).Alive(Now).Write(_evidence.Path);
        AssertExit(ExitCode.Safe, "--expect", "shop=2");
        AssertExit(ExitCode.NotEnoughEvidence, "--expect", "shop=3");
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData("nonsense", "a row names instance bbbb and is no such line of it, from number 3 on: edited")]
    [InlineData("empty", "a row names instance bbbb and is no such line of it, from number 3 on: edited")]
    [InlineData("another's", "a row names instance bbbb and is no such line of it, from number 3 on: edited")]
    [InlineData("another number", "a row names instance bbbb and is no such line of it, from number 3 on: edited")]
    [InlineData("all", "rows name instance bbbb and are no such line of it, from number 1 on: edited")]
    [InlineData("twice", null)]
    public void A_row_that_is_not_the_line_that_it_names_was_edited(string edit, string? expected)
    {
        Good("bbbb").Alive(Now).Write(_evidence.Path);
        var lines = _evidence.Files.SelectMany(static file => File.ReadAllLines(file).Select((text, index) => (Instance: Path.GetFileName(file).Split('-')[1], Number: index + 1L, Text: text))).ToList();
        lines = [.. lines.Select(line => (line.Instance, line.Number, Text: (edit, line.Instance, line.Number) switch
        {
            ("nonsense", "bbbb", 3) => "x",
            ("empty", "bbbb", 3) => "",
            ("another's", "bbbb", 3) => lines.First(static other => other is { Instance: "aaaa", Number: 3 }).Text,
            ("another number", "bbbb", 3) => lines.First(static other => other is { Instance: "bbbb", Number: 4 }).Text,
            ("all", "bbbb", _) => "gone",
            _ => line.Text,
        }))];
        using var collected = new CollectedEvidence();
        foreach (var (instance, number, text) in edit == "twice" ? lines.Concat(lines) : lines)
        {
            collected.AddRow("table t", "shop", instance, number, System.Text.Encoding.UTF8.GetBytes(text));
        }

        var found = EvidenceReader.Read([], collected: collected);
        var tampered = found.SelectMany(static one => one.Findings).Where(static finding => finding.Kind == FindingKind.Tampered).ToList();
        Assert.Equal(["aaaa", "bbbb"], found.Select(static one => one.Instance));
        Assert.All(found, static one => Assert.Equal("shop", one.App));
        Assert.Equal(expected is null ? 0 : 1, tampered.Count);
        Assert.All(tampered, finding => Assert.EndsWith(expected!, finding.Message, StringComparison.Ordinal));
        Assert.All(tampered, static finding => Assert.Equal("table t", finding.File));
    }

    [Theory]
    [InlineData(".1", ExitCode.StillUsed)]
    [InlineData(".bak", ExitCode.StillUsed)]
    [InlineData(".gz", ExitCode.Violated)]
    public void A_file_of_evidence_under_another_name_is_not_passed_over(string ending, object exit)
    {
        using var evidence = new EvidenceDirectory();
        Good("0123456789abcdef").Alive(Now).Write(evidence.Path);
        var stuck = Good("fedcba9876543210").Use("v1", Now - 1, stage: CredentialStage.Previous).Alive(Now).Write(evidence.Path);
        Assert.Equal((int)ExitCode.StillUsed, evidence.Verify(WrittenInstance.At(Now)).Exit);

        var bytes = File.ReadAllBytes(stuck);
        File.Delete(stuck);
        using (var output = File.Create(stuck + ending))
        using (Stream packed = ending == ".gz" ? new System.IO.Compression.GZipStream(output, System.IO.Compression.CompressionLevel.Fastest) : output)
        {
            packed.Write(bytes);
        }

        var result = evidence.Verify(WrittenInstance.At(Now));
        Assert.True((int)(ExitCode)exit == result.Exit, result.Output);
        Assert.Contains("fedcba9876543210", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Instances_are_declared_gone_by_lists_and_files_but_not_those_that_wrote_a_moment_ago()
    {
        Good("bbbb").Alive(200).Write(_evidence.Path);
        Good("cccc").Alive(210).Write(_evidence.Path);
        AssertExit(ExitCode.NotEnoughEvidence, "--gone", "bbbb");
        Assert.Contains("bbbb is gone", AssertExit(ExitCode.Safe, "--gone", "bbbb,cccc"), StringComparison.Ordinal);

        var file = Path.Combine(_evidence.Path, "gone.txt");
        File.WriteAllText(file, "bbbb\ncccc\n");
        AssertExit(ExitCode.Safe, "--gone-from", file);

        AssertExit(ExitCode.Usage, "--gone", "aaaa");
        Good("dddd").Alive(298.01).Write(_evidence.Path);
        AssertExit(ExitCode.Usage, "--gone", "bbbb,cccc,dddd");
        Good("eeee").Alive(298).Write(_evidence.Path);
        File.Delete(Directory.GetFiles(_evidence.Path, "*dddd*").Single());
        AssertExit(ExitCode.Safe, "--gone", "bbbb,cccc,eeee");
    }

    [Fact]
    public void One_that_was_killed_before_its_first_line_may_have_used_anything()
    {
        File.WriteAllText(Path.Combine(_evidence.Path, "job-00000000000000cc-0001.jsonl"), "");

        Assert.Contains("It was killed before it had written a line, so nobody knows what it used.", AssertExit(ExitCode.NotEnoughEvidence, "--gone", "00000000000000cc"), StringComparison.Ordinal);
        AssertExit(ExitCode.Safe, "--gone", "00000000000000cc", "--accept-loss", "00000000000000cc");
    }

    [Fact]
    public void A_consumer_whose_code_is_gone_is_declared_and_told()
    {
        new WrittenInstance("bbbb").Describe(0).See("v1", 0).Promote("v1", 0).Use("v1", 5, "oldfeature").Stop(10).Write(_evidence.Path);
        AssertExit(ExitCode.NotEnoughEvidence);

        var output = AssertExit(ExitCode.Safe, "--retired-consumer", "shop/oldfeature", "--because", "removed in 3.1");
        Assert.Contains("shop/oldfeature is retired, because removed in 3.1", output, StringComparison.Ordinal);
        Assert.Contains("\"because\": \"removed in 3.1\"", AssertExit(ExitCode.Safe, "--retired-consumer", "shop/oldfeature", "--because", "removed in 3.1", "--format", "json"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_app_that_was_renamed_is_one_app_once_somebody_says_so()
    {
        new WrittenInstance("bbbb", "web").Describe(0).See("v1", 0).Promote("v1", 0).Use("v1", 5, "nightly").Stop(10).Write(_evidence.Path);
        new WrittenInstance("cccc", "web-v2").Describe(150).See("v2", 150).Promote("v2", 150).Accept("v2", 151).Use("v2", 151, "nightly").Stop(160).Write(_evidence.Path);
        AssertExit(ExitCode.NotEnoughEvidence);

        AssertExit(ExitCode.Safe, "--renamed", "web=web-v2");
    }

    [Fact]
    public void A_credential_that_vanished_with_open_users_blocks_what_came_in_its_place()
    {
        using var evidence = new EvidenceDirectory();
        new WrittenInstance("aaaa").Describe(0, "partner-key").See("v1", 0, "partner-key").Promote("v1", 0, credential: "partner-key").Use("v1", 5, "nightly", credential: "partner-key").Stop(10).Write(evidence.Path);
        new WrittenInstance("bbbb").Describe(20, "partner").See("v1", 20, "partner").Promote("v1", 20, credential: "partner").Use("v1", 21, credential: "partner")
            .Rotate("v1", "v2", 100, "partner").Accept("v2", 101, "partner").Use("v2", 101, credential: "partner").Alive(Now).Write(evidence.Path);

        AssertExit(evidence, ExitCode.NotEnoughEvidence, "--credential", "partner");
        Assert.Contains("nightly has not been seen on a newer version", AssertExit(evidence, ExitCode.NotEnoughEvidence, "--credential", "partner", "--renamed", "partner-key=partner"), StringComparison.Ordinal);
        AssertExit(evidence, ExitCode.Safe, "--credential", "partner", "--retired-consumer", "shop/nightly");
    }

    [Fact]
    public void Lost_evidence_counts_against_what_it_can_be_of_until_somebody_knows_better()
    {
        using var evidence = new EvidenceDirectory();
        var lost = Good("aaaa");
        lost.Add(new Evidence.EvidenceEvent { Kind = Evidence.EvidenceKind.Lost, At = WrittenInstance.At(110), CredentialName = "stripe", Missing = 3 });
        lost.Describe(111, "db").See("x1", 111, "db").Promote("x1", 111, credential: "db").Rotate("x1", "x2", 120, "db").Accept("x2", 121, "db").Use("x2", 121, credential: "db")
            .Rotate("v2", "v3", 130).Accept("v3", 131).Use("v3", 131).Alive(Now).Write(evidence.Path);

        AssertExit(evidence, ExitCode.Safe, "--credential", "db");
        AssertExit(evidence, ExitCode.NotEnoughEvidence, "--old-version", "v1");
        AssertExit(evidence, ExitCode.NotEnoughEvidence, "--old-version", "v2");
        AssertExit(evidence, ExitCode.Safe, "--accept-loss", "aaaa");
    }

    [Fact]
    public void Limits_that_were_given_are_told_with_the_answer()
    {
        Assert.Contains("SAFE ONLY AS GIVEN: every old version may be revoked, or is proven to be, if what was given is right. Given by", AssertExit(ExitCode.Safe, "--quiet-period", "0s"), StringComparison.Ordinal);
        Assert.Contains("\"quietPeriod\": \"00:00:00\"", AssertExit(ExitCode.Safe, "--quiet-period", "0s", "--format", "json"), StringComparison.Ordinal);
        Assert.DoesNotContain("Given by", AssertExit(ExitCode.Safe), StringComparison.Ordinal);
    }

    private static WrittenInstance Good(string instance) => new WrittenInstance(instance).Describe(0).See("v1", 0).Promote("v1", 0)
        .Use("v1", 90).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101);

    private string AssertExit(ExitCode expected, params string[] options) => AssertExit(_evidence, expected, options);

    private static string AssertExit(EvidenceDirectory evidence, ExitCode expected, params string[] options)
    {
        var result = evidence.Verify(WrittenInstance.At(Now), options);
        Assert.True(result.Exit == (int)expected, $"{result.Exit}\n{result.Output}{result.Errors}");
        return result.Output;
    }
}
