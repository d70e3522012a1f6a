using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests.Fleet;

/// <summary>Processes that come and go: jobs, rollouts, rollbacks. The rotation is v1 to v2 at minute 100, the quiet period 60 minutes.</summary>
public sealed class RunsTests : IDisposable
{
    private const int Now = 300;

    private readonly EvidenceDirectory _evidence = new();

    public void Dispose() => _evidence.Dispose();

    [Fact]
    public void A_finished_job_that_used_the_old_version_after_others_had_replaced_it_is_residual_use()
    {
        Lived("aaaa").Stop(160).Write(_evidence.Path);
        Run("bbbb", "v1", 150, "job").Write(_evidence.Path);

        Assert.Contains("job used it after it was replaced", AssertExit(ExitCode.StillUsed, 180), StringComparison.Ordinal);

        // That the other one's users moved is said of that one alone, and is no verdict.
        var output = AssertExit(ExitCode.NotEnoughEvidence);
        Assert.Matches(@"shop aaaa: SafeToRevoke, by itself\n    A newer [^\n]*\n    All of its users \(client\) moved by", output);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(output, "moved by"));
    }

    [Fact]
    public void A_job_with_a_stale_copy_has_not_moved_because_its_like_elsewhere_has()
    {
        Lived("aaaa").Stop(160).Write(_evidence.Path);
        Run("bbbb", "v1", 150, "job").Write(_evidence.Path);
        Run("cccc", "v2", 160, "job").Write(_evidence.Path);

        AssertExit(ExitCode.NotEnoughEvidence);
    }

    [Fact]
    public void Where_it_is_known_where_a_job_runs_its_next_run_there_shows_that_it_moved()
    {
        Lived("aaaa").Stop(160).Write(_evidence.Path);
        Run("bbbb", "v1", 150, "job", "north").Write(_evidence.Path);
        Run("cccc", "v2", 160, "job", "south").Write(_evidence.Path);
        AssertExit(ExitCode.NotEnoughEvidence);

        Run("dddd", "v2", 200, "job", "north").Write(_evidence.Path);
        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void A_run_before_the_one_that_used_the_old_version_shows_nothing()
    {
        Lived("aaaa").Stop(160).Write(_evidence.Path);
        Run("bbbb", "v2", 120, "job", "north").Write(_evidence.Path);
        Run("cccc", "v1", 150, "job", "north").Write(_evidence.Path);

        AssertExit(ExitCode.NotEnoughEvidence);
    }

    [Fact]
    public void A_key_that_was_revoked_in_one_chain_and_used_in_a_later_one_is_violated()
    {
        Lived("aaaa").Retire("v1", 140).Revoke("v1", 150).Stop(160).Write(_evidence.Path);
        Run("bbbb", "v1", 200, "job").Write(_evidence.Path);

        Assert.Contains("job", AssertExit(ExitCode.Violated), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_has_not_heard_of_a_revocation_a_moment_ago_is_not_accused()
    {
        Lived("aaaa").Retire("v1", 140).Revoke("v1", 150).Stop(160).Write(_evidence.Path);
        Began("bbbb").Use("v1", 153, "job").Stop(154).Write(_evidence.Path);

        AssertExit(ExitCode.StillUsed, 180);
    }

    [Fact]
    public void A_version_that_the_last_runs_used_again_is_not_old()
    {
        // The store went back to v1 while no process looked.
        Began("aaaa").Use("v1", 90, "job").Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101, "job").Stop(102).Write(_evidence.Path);
        Run("bbbb", "v2", 110, "job").Write(_evidence.Path);
        Run("cccc", "v1", 150, "job").Write(_evidence.Path);
        Run("dddd", "v1", 160, "job").Write(_evidence.Path);

        AssertExit(ExitCode.NotEnoughEvidence, Now, "--old-version", "v1");
        AssertExit(ExitCode.NotEnoughEvidence, Now, "--old-version", "v2");
        AssertExit(ExitCode.NotEnoughEvidence);
    }

    [Fact]
    public void The_same_where_the_last_run_has_not_used_it_yet()
    {
        Began("aaaa").Use("v1", 90, "job").Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101, "job").Stop(102).Write(_evidence.Path);
        new WrittenInstance("bbbb").Describe(150).See("v1", 150).Promote("v1", 150).Stop(151).Write(_evidence.Path);

        Assert.Contains("started last", AssertExit(ExitCode.NotEnoughEvidence), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rollout_that_no_process_lived_through_is_inferred_and_said_to_be()
    {
        Began("aaaa").Use("v1", 90).Stop(100).Write(_evidence.Path);
        Began("bbbb").Use("v1", 91).Stop(101).Write(_evidence.Path);
        new WrittenInstance("cccc").Describe(101).See("v2", 101).Promote("v2", 101).Accept("v2", 102).Use("v2", 102).Alive(Now).Write(_evidence.Path);
        new WrittenInstance("dddd").Describe(103).See("v2", 103).Promote("v2", 103).Accept("v2", 104).Use("v2", 104).Alive(Now).Write(_evidence.Path);

        Assert.Contains("inferred", AssertExit(ExitCode.Safe), StringComparison.Ordinal);
        AssertExit(ExitCode.NotEnoughEvidence, Now, "--old-version", "v2");

        Began("eeee").Use("v1", 92, "nightly").Stop(99).Write(_evidence.Path);
        Assert.Contains("nightly has not been seen on a newer version", AssertExit(ExitCode.NotEnoughEvidence), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_inferred_from_ids_that_may_be_of_one_process()
    {
        new WrittenInstance("aaaa").Describe(0).See("fp-1", 0).Promote("fp-1", 0).Use("fp-1", 90).Stop(100).Write(_evidence.Path);
        new WrittenInstance("bbbb").Describe(101).See("fp-2", 101).Promote("fp-2", 101).Accept("fp-2", 102).Use("fp-2", 102).Alive(Now).Write(_evidence.Path);

        AssertExit(ExitCode.NotEnoughEvidence);
    }

    [Fact]
    public void An_instance_that_still_runs_on_the_version_before_is_found_though_the_change_is_inferred()
    {
        Began("aaaa").Use("v1", 290).Alive(Now).Write(_evidence.Path);
        new WrittenInstance("cccc").Describe(101).See("v2", 101).Promote("v2", 101).Accept("v2", 102).Use("v2", 102).Alive(Now).Write(_evidence.Path);

        Assert.Contains("shop aaaa: StillUsed", AssertExit(ExitCode.StillUsed), StringComparison.Ordinal);
    }

    [Fact]
    public void A_killed_instance_that_shows_acceptance_without_a_use_lost_the_use()
    {
        Lived("aaaa").Alive(Now).Write(_evidence.Path);
        new WrittenInstance("bbbb").Describe(0).See("v1", 0).Promote("v1", 0).Accept("v1", 1).Write(_evidence.Path);
        Assert.Contains("was accepted there", AssertExit(ExitCode.NotEnoughEvidence, Now, "--gone", "bbbb"), StringComparison.Ordinal);

        new WrittenInstance("cccc").Describe(0).See("v1", 0).Promote("v1", 0).Accept("v1", 1).Use("v1", 1).Write(_evidence.Path);
        File.Delete(Directory.GetFiles(_evidence.Path, "*bbbb*").Single());
        AssertExit(ExitCode.Safe, Now, "--gone", "cccc");
    }

    private static WrittenInstance Began(string instance) => new WrittenInstance(instance).Describe(0).See("v1", 0).Promote("v1", 0);

    /// <summary>It lived through the rotation and did everything right.</summary>
    private static WrittenInstance Lived(string instance) => Began(instance).Use("v1", 90).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101);

    private static WrittenInstance Run(string instance, string version, double at, string consumer, string? place = null) =>
        new WrittenInstance(instance, place: place).Describe(at).See(version, at).Promote(version, at).Accept(version, at + 0.5).Use(version, at + 0.5, consumer).Stop(at + 1);

    private string AssertExit(ExitCode expected, double now = Now, params string[] options)
    {
        var result = _evidence.Verify(WrittenInstance.At(now), options);
        Assert.True(result.Exit == (int)expected, $"{result.Exit}\n{result.Output}{result.Errors}");
        return result.Output;
    }
}
