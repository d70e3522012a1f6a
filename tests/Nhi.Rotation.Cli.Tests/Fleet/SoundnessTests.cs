using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests.Fleet;

/// <summary>
/// Exit code 0 is never said while somebody may still use the old key. The rotation is v1 to v2 at minute 100, the quiet period 60 minutes, and instance
/// <c>aaaa</c> did everything right; each test adds what makes the difference.
/// </summary>
public sealed class SoundnessTests : IDisposable
{
    private const int Now = 300;

    private readonly EvidenceDirectory _evidence = new();

    public SoundnessTests() => Good("aaaa").Alive(Now).Write(_evidence.Path);

    public void Dispose() => _evidence.Dispose();

    [Fact]
    public void The_good_instance_alone_is_safe() => AssertExit(ExitCode.Safe);

    [Fact]
    public void An_instance_that_died_after_the_quiet_period_and_never_came_back_keeps_it_from_being_safe_until_it_is_declared_gone()
    {
        Good("bbbb").Alive(200).Write(_evidence.Path);

        Assert.Contains("shop bbbb: InOverlap", AssertExit(ExitCode.NotEnoughEvidence), StringComparison.Ordinal);
        AssertExit(ExitCode.Safe, "--gone", "bbbb");
    }

    [Fact]
    public void An_instance_that_died_before_the_rotation_still_counts_and_when_it_is_gone_its_consumers_must_have_moved_elsewhere()
    {
        Began("bbbb").Use("v1", 10, "report").Alive(50).Write(_evidence.Path);

        AssertExit(ExitCode.NotEnoughEvidence);
        Assert.Contains("report has not been seen on a newer version", AssertExit(ExitCode.NotEnoughEvidence, "--gone", "bbbb"), StringComparison.Ordinal);

        Good("cccc").Use("v2", 110, "report").Alive(Now).Write(_evidence.Path);
        AssertExit(ExitCode.NotEnoughEvidence);
        AssertExit(ExitCode.Safe, "--gone", "bbbb");
    }

    [Fact]
    public void An_instance_that_was_never_started_after_the_rotation_leaves_its_consumer_unproven()
    {
        Began("bbbb").Use("v1", 10, "report").Stop(50).Write(_evidence.Path);

        Assert.Contains("report has not been seen on a newer version", AssertExit(ExitCode.NotEnoughEvidence), StringComparison.Ordinal);
    }

    [Fact]
    public void In_an_instance_that_runs_a_consumer_that_moved_elsewhere_has_not_moved()
    {
        Good("bbbb").Use("v2", 110, "report").Alive(Now).Write(_evidence.Path);
        AssertExit(ExitCode.Safe);

        Began("cccc").Use("v1", 10, "report").Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101).Alive(Now).Write(_evidence.Path);
        AssertExit(ExitCode.NotEnoughEvidence);
    }

    [Fact]
    public void A_job_that_runs_once_a_month_in_a_process_of_its_own_stays_unproven_until_it_ran_again()
    {
        // Its consumer is called like one of another app, which proves nothing of it.
        Began("bbbb", "monthly").Use("v1", 1, "client").Stop(2).Write(_evidence.Path);
        AssertExit(ExitCode.NotEnoughEvidence);

        new WrittenInstance("cccc", "monthly").Describe(200).See("v2", 200).Promote("v2", 200).Accept("v2", 200).Use("v2", 200, "client").Stop(201).Write(_evidence.Path);
        AssertExit(ExitCode.Safe);
    }

    [Theory]
    [InlineData(-10, ExitCode.NotEnoughEvidence)]
    [InlineData(10, ExitCode.NotEnoughEvidence)]
    [InlineData(-4, ExitCode.Safe)]
    [InlineData(4, ExitCode.Safe)]
    public void A_clock_that_is_off_by_ten_minutes_is_noticed(int skew, object expected)
    {
        Good("bbbb", skew).Alive(Now).Write(_evidence.Path);

        var output = AssertExit((ExitCode)expected);
        Assert.Equal((ExitCode)expected != ExitCode.Safe, output.Contains("clock", StringComparison.Ordinal));
    }

    [Fact]
    public void A_version_that_another_clock_puts_after_the_rotation_is_no_newer_one()
    {
        // v0, v1 and v2 within minutes; what bbbb did at minute 95 its clock calls 105, after v1 was replaced elsewhere.
        new WrittenInstance("bbbb", skew: 10).Describe(94).See("v0", 95).Promote("v0", 95).Use("v0", 96, "report").Rotate("v0", "v1", 97).Stop(98).Write(_evidence.Path);
        Began("cccc").Use("v1", 98, "report").Stop(99).Write(_evidence.Path);

        AssertExit(ExitCode.NotEnoughEvidence, "--old-version", "v1");
    }

    [Fact]
    public void A_version_from_before_the_old_one_is_no_newer_one_though_a_rollback_went_past_it()
    {
        // v1, v3, v2 and back to v1: v2 is old, v3 older still.
        using var evidence = new EvidenceDirectory();
        Began("aaaa").Rotate("v1", "v3", 20).Rotate("v3", "v2", 40).Use("v2", 41).Rotate("v2", "v1", 100).Accept("v1", 101).Use("v1", 101).Alive(Now).Write(evidence.Path);
        Began("bbbb").Rotate("v1", "v3", 20).Rotate("v3", "v2", 40).Use("v2", 41, "report").Stop(45).Write(evidence.Path);
        new WrittenInstance("cccc").Describe(105).See("v3", 105).Promote("v3", 105).Use("v3", 110, "report").Stop(120).Write(evidence.Path);
        var stuck = evidence.Verify(WrittenInstance.At(Now), "--old-version", "v2");
        Assert.True(stuck.Exit == (int)ExitCode.NotEnoughEvidence, stuck.Output);
        Assert.Contains("report has not been seen on a newer version", stuck.Output, StringComparison.Ordinal);

        new WrittenInstance("dddd").Describe(125).See("v1", 125).Promote("v1", 125).Use("v1", 130, "report").Alive(Now).Write(evidence.Path);
        Assert.Equal((int)ExitCode.Safe, evidence.Verify(WrittenInstance.At(Now), "--old-version", "v2").Exit);
    }

    [Fact]
    public void A_consumer_may_skip_versions_that_no_instance_knows_together()
    {
        using var evidence = new EvidenceDirectory();
        Began("aaaa").Use("v1", 10, "report").Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101).Stop(110).Write(evidence.Path);
        new WrittenInstance("bbbb").Describe(115).See("v2", 115).Promote("v2", 115).Rotate("v2", "v3", 130).Accept("v3", 131).Stop(140).Write(evidence.Path);
        new WrittenInstance("cccc").Describe(145).See("v3", 145).Promote("v3", 145).Rotate("v3", "v4", 150).Accept("v4", 151).Use("v4", 151, "report").Alive(Now).Write(evidence.Path);

        var result = evidence.Verify(WrittenInstance.At(Now), "--old-version", "v1");
        Assert.True(result.Exit == (int)ExitCode.Safe, result.Output);
    }

    [Fact]
    public void Two_runs_with_one_instance_id_are_no_chain()
    {
        Good("bbbb").Stop(200).Write(_evidence.Path);
        var first = Directory.GetFiles(_evidence.Path, "*bbbb*").Single();
        File.Move(first, first.Replace("0001", "0002", StringComparison.Ordinal));
        Good("bbbb").Alive(Now).Write(_evidence.Path);

        AssertExit(ExitCode.Violated);
    }

    [Fact]
    public void Two_runs_of_one_instance_are_judged_one_by_one()
    {
        Began("bbbb").Use("v1", 10, "report").Stop(50).Write(_evidence.Path);
        new WrittenInstance("cccc").Describe(150).See("v2", 150).Promote("v2", 150).Accept("v2", 150).Use("v2", 151, "report").Alive(Now).Write(_evidence.Path);

        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void Whatever_end_of_a_file_is_cut_off_a_bad_verdict_never_becomes_safe()
    {
        // Captured the key, used it in the overlap, an hour of quiet, and then again.
        var stuck = Began("bbbb").Use("v1", 10, "report").Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101, "report").Use("v1", 102, "report", CredentialStage.Previous)
            .Alive(170).Use("v1", 250, "report", CredentialStage.Previous).Alive(Now);
        for (var lines = 1; lines <= stuck.Lines; lines++)
        {
            var file = stuck.Write(_evidence.Path, lines);
            AssertNotSafe($"after {lines} lines");
            File.WriteAllBytes(file, File.ReadAllBytes(file)[..^10]);
            AssertNotSafe($"in line {lines + 1}");
            File.WriteAllBytes(file, []);
            AssertNotSafe("in an empty file");
            File.Delete(file);
        }
    }

    [Fact]
    public void The_same_for_an_instance_that_never_asked_for_the_new_version()
    {
        var stuck = Began("bbbb").Rotate("v1", "v2", 100).Use("v1", 102, "report", CredentialStage.Previous).Alive(Now);
        for (var lines = 1; lines <= stuck.Lines; lines++)
        {
            var file = stuck.Write(_evidence.Path, lines);
            AssertNotSafe($"after {lines} lines");
            File.Delete(file);
        }
    }

    [Fact]
    public void Without_its_first_file_a_chain_is_tampered_with()
    {
        Good("bbbb").Alive(Now).Write(_evidence.Path, maxFileBytes: 1_000);
        AssertExit(ExitCode.Safe);

        File.Delete(Directory.GetFiles(_evidence.Path, "*bbbb-0001*").Single());
        AssertExit(ExitCode.Violated);
    }

    [Fact]
    public void Without_its_last_file_a_chain_ends_too_early()
    {
        Good("bbbb").Alive(200).Use("v1", 250, "report", CredentialStage.Previous).Alive(Now).Write(_evidence.Path, maxFileBytes: 1_000);
        AssertExit(ExitCode.StillUsed);

        foreach (var file in Directory.GetFiles(_evidence.Path, "*bbbb*").Order(StringComparer.Ordinal).Skip(1).Reverse())
        {
            File.Delete(file);
            AssertNotSafe(file);
        }
    }

    [Fact]
    public void What_was_held_open_at_a_crash_blocks_until_the_instance_is_declared_gone()
    {
        Began("bbbb").Use("v1", 10, "client", held: 1).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101).Alive(200).Write(_evidence.Path);
        AssertExit(ExitCode.StillUsed);

        AssertExit(ExitCode.Safe, "--gone", "bbbb");
    }

    [Fact]
    public void An_instance_that_calls_the_versions_by_ids_of_its_own_may_be_on_the_old_key()
    {
        new WrittenInstance("bbbb").Describe(0).See("fp-1", 0).Promote("fp-1", 0).Use("fp-1", Now - 1).Alive(Now).Write(_evidence.Path);

        Assert.Contains("FingerprintKey", AssertExit(ExitCode.NotEnoughEvidence), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_instance_that_called_the_versions_by_ids_of_its_own_leaves_its_consumers_unproven()
    {
        new WrittenInstance("bbbb").Describe(0).See("fp-1", 0).Promote("fp-1", 0).Use("fp-1", 5, "report").Stop(10).Write(_evidence.Path);
        Assert.Contains("report", AssertExit(ExitCode.NotEnoughEvidence), StringComparison.Ordinal);

        Good("cccc").Use("v2", 110, "report").Alive(Now).Write(_evidence.Path);
        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void An_old_run_that_other_runs_connect_with_the_rotation_never_used_the_version()
    {
        new WrittenInstance("bbbb").Describe(0).See("v0", 0).Promote("v0", 0).Use("v0", 5, "report").Stop(10).Write(_evidence.Path);
        new WrittenInstance("cccc").Describe(20).See("v0", 20).Promote("v0", 20).Rotate("v0", "v1", 30).Accept("v1", 30).Use("v1", 30).Stop(50).Write(_evidence.Path);

        AssertExit(ExitCode.Safe, "--old-version", "v1");
        AssertExit(ExitCode.NotEnoughEvidence, "--old-version", "v0");
    }

    [Fact]
    public void An_instance_that_has_loaded_nothing_yet_may_load_the_old_version()
    {
        new WrittenInstance("bbbb").Describe(Now).Write(_evidence.Path);

        AssertExit(ExitCode.NotEnoughEvidence);
    }

    [Fact]
    public void An_instance_that_started_after_the_rotation_and_runs_stands_against_nothing()
    {
        new WrittenInstance("bbbb").Describe(Now - 2).See("v2", Now - 2).Promote("v2", Now - 2).Write(_evidence.Path);
        new WrittenInstance("cccc", "other").Describe(Now - 1, "db").See("x1", Now - 1, "db").Promote("x1", Now - 1, credential: "db").Write(_evidence.Path);

        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void A_run_of_another_app_that_died_stands_against_nothing_that_it_never_had()
    {
        new WrittenInstance("bbbb", "other").Describe(0, "db").See("x1", 0, "db").Promote("x1", 0, credential: "db").Alive(50).Write(_evidence.Path);

        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void A_version_that_came_back_is_not_old_and_has_to_be_accepted_again()
    {
        using var evidence = new EvidenceDirectory();
        var back = Began("aaaa").Use("v1", 90).Accept("v1", 90).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101).Rotate("v2", "v1", 150).Use("v1", 151);
        back.Alive(Now).Write(evidence.Path);
        var unaccepted = evidence.Verify(WrittenInstance.At(Now));
        Assert.True(unaccepted.Exit == (int)ExitCode.NotEnoughEvidence, unaccepted.Output);
        Assert.Contains("stripe v2: InOverlap", unaccepted.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("stripe v1:", unaccepted.Output, StringComparison.Ordinal);

        File.Delete(evidence.File);
        back.Accept("v1", Now).Alive(Now).Write(evidence.Path);
        var accepted = evidence.Verify(WrittenInstance.At(Now));
        Assert.True(accepted.Exit == (int)ExitCode.Safe, accepted.Output);
    }

    [Fact]
    public void Equal_version_ids_of_two_credentials_are_not_one_version()
    {
        new WrittenInstance("bbbb").Describe(0, "db").See("v1", 0, "db").Promote("v1", 0, credential: "db").Use("v1", Now - 1, credential: "db").Alive(Now).Write(_evidence.Path);
        AssertExit(ExitCode.Safe);

        new WrittenInstance("cccc").Describe(0, "db").See("v1", 0, "db").Promote("v1", 0, credential: "db").Rotate("v1", "v2", 100, "db").Alive(Now).Write(_evidence.Path);
        AssertExit(ExitCode.Safe, "--credential", "stripe");
        AssertExit(ExitCode.StillUsed, "--credential", "db");
    }

    [Theory]
    [InlineData(170, "v1", ExitCode.Safe)]
    [InlineData(170, "v2", ExitCode.NotEnoughEvidence)]
    [InlineData(195, "v2", ExitCode.Safe)]
    public void A_rotation_during_the_quiet_period_starts_one_of_its_own(int now, string old, object expected)
    {
        using var evidence = new EvidenceDirectory();
        Began("aaaa").Use("v1", 90).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101).Rotate("v2", "v3", 130).Accept("v3", 131).Use("v3", 131).Alive(now).Write(evidence.Path);

        var result = evidence.Verify(WrittenInstance.At(now), "--old-version", old);
        Assert.True(result.Exit == (int)(ExitCode)expected, result.Output);
    }

    [Fact]
    public void Nobody_knows_of_an_instance_whose_files_are_all_gone()
    {
        // The limit that docs/rotate-with-proof.md tells of, and why an earlier report should be kept.
        var file = Good("bbbb").Use("v1", Now - 1, "report", CredentialStage.Previous).Alive(Now).Write(_evidence.Path);
        AssertExit(ExitCode.StillUsed);

        File.Delete(file);
        AssertExit(ExitCode.Safe);
    }

    private static WrittenInstance Began(string instance, string app = "shop", double skew = 0) =>
        new WrittenInstance(instance, app, skew).Describe(0).See("v1", 0).Promote("v1", 0);

    private static WrittenInstance Good(string instance, double skew = 0) =>
        Began(instance, skew: skew).Use("v1", 90).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101);

    private void AssertNotSafe(string what)
    {
        var result = _evidence.Verify(WrittenInstance.At(Now));
        Assert.True(result.Exit is 1 or 2 or 3, $"{what}: {result.Exit}\n{result.Output}");
    }

    private string AssertExit(ExitCode expected, params string[] options)
    {
        var result = _evidence.Verify(WrittenInstance.At(Now), options);
        Assert.True(result.Exit == (int)expected, $"{result.Exit}\n{result.Output}{result.Errors}");
        return result.Output;
    }
}
