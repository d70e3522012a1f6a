using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests.Fleet;

/// <summary>Who runs is known from a list, so that nobody types ids of who does not. v1 became v2 at minute 100; one pod saw it, another was killed before it.</summary>
public sealed class AliveTests : IDisposable
{
    private const double Now = 300;

    private readonly EvidenceDirectory _evidence = new();

    public AliveTests()
    {
        Pod("aaaa", "orders-1").Promote("v1", 1).Use("v1", 10).Rotate("v1", "v2", 100).Use("v2", 101).Accept("v2", 101).Alive(Now - 0.5).Write(_evidence.Path);
        Pod("bbbb", "orders-2").Promote("v1", 1).Use("v1", 90).Write(_evidence.Path);
    }

    private string ListFile => Path.Combine(_evidence.Path, "running");

    public void Dispose() => _evidence.Dispose();

    [Theory]
    [InlineData("pod/orders-1\n")]
    [InlineData("orders-1")]
    [InlineData("aaaa, other")]
    [InlineData("uid-of-orders-1")]
    public void What_is_not_among_those_that_run_is_gone(string list)
    {
        Assert.Contains("bbbb", AssertExit(ExitCode.NotEnoughEvidence), StringComparison.Ordinal);

        var output = AssertExit(ExitCode.Safe, Alive(list));

        Assert.Matches(@"shop orders-2 \(bbbb\): 1 file\(s\), \d+ lines, gone: not among those that run,", output);
        Assert.Matches(@"shop orders-1 \(aaaa\): 1 file\(s\), \d+ lines, open,", output);
        Assert.Matches(@"Given by \w+: a list of \d that run\.", output);
    }

    [Fact]
    public void What_is_listed_runs() => AssertExit(ExitCode.NotEnoughEvidence, Alive("orders-1 orders-2"));

    [Fact]
    public void Who_is_gone_must_still_have_been_seen_on_the_new_version_elsewhere()
    {
        Pod("cccc", "orders-3").Promote("v1", 1).Use("v1", 90, "nightly").Write(_evidence.Path);

        Assert.Contains("nightly has not been seen on a newer version", AssertExit(ExitCode.NotEnoughEvidence, Alive("orders-1")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_did_not_say_how_it_is_called_may_run()
    {
        new WrittenInstance("cccc").Describe(0).Promote("v1", 1).Use("v1", 90).Write(_evidence.Path);

        AssertExit(ExitCode.NotEnoughEvidence, Alive("orders-1"));
    }

    [Theory]
    [InlineData(1, ExitCode.Safe)]
    [InlineData(0.99, ExitCode.NotEnoughEvidence)]
    public void What_wrote_a_line_within_the_last_minute_may_be_newer_than_the_list(double silence, object exit)
    {
        Pod("cccc", "orders-3").Promote("v1", 1).Use("v1", 90).Alive(Now - silence).Write(_evidence.Path);

        AssertExit((ExitCode)exit, Alive("orders-1"));
    }

    [Theory]
    [InlineData("", "would be gone")]
    [InlineData("node-1 node-2", "a list of something else")]
    public void A_list_that_is_none_of_them_is_refused(string list, string reason) => Assert.Contains(reason, AssertExit(ExitCode.Usage, Alive(list)), StringComparison.Ordinal);

    [Theory]
    [InlineData("210m", ExitCode.Safe)]
    [InlineData("211m", ExitCode.NotEnoughEvidence)]
    public void Silence_of_a_given_length_is_an_end(string length, object exit) => AssertExit((ExitCode)exit, "--gone-after", length);

    [Fact]
    public void Why_an_instance_is_taken_to_be_gone_is_told()
    {
        Assert.Contains("gone: without a line since 2026-01-01 01:30:00Z", AssertExit(ExitCode.Safe, "--gone-after", "30m"), StringComparison.Ordinal);
        Assert.Contains("gone: said to be gone", AssertExit(ExitCode.Safe, "--gone", "bbbb"), StringComparison.Ordinal);
        Assert.Contains("say 3m or more", AssertExit(ExitCode.Usage, "--gone-after", "179s"), StringComparison.Ordinal);
        AssertExit(ExitCode.Safe, "--gone-after", "3m");
    }

    [Fact]
    public void Why_a_list_lets_nobody_go_is_told()
    {
        Pod("cccc", "orders-3").Promote("v1", 1).Use("v1", 90).Alive(Now - 10).Write(_evidence.Path);
        var list = Alive("orders-1");

        File.SetLastWriteTimeUtc(ListFile, WrittenInstance.At(Now - 9.25).UtcDateTime);
        Assert.Contains("It is not in the list of what runs, but its last line is of 2026-01-01 04:50:00Z, and the list of 2026-01-01 04:50:45Z", AssertExit(ExitCode.NotEnoughEvidence, list), StringComparison.Ordinal);

        File.SetLastWriteTimeUtc(ListFile, WrittenInstance.At(Now - 9).UtcDateTime);
        AssertExit(ExitCode.Safe, list);
    }

    [Fact]
    public void A_clock_that_was_ahead_is_told_of_a_process_that_has_stopped_too()
    {
        new WrittenInstance("cccc", skew: 10_000).Describe(0).Promote("v1", 1).Use("v1", 90).Rotate("v1", "v2", 100).Use("v1", 101, stage: CredentialStage.Previous).Use("v2", 103).Accept("v2", 103).Stop(200).Write(_evidence.Path);

        Assert.Contains("Its evidence reaches to 2026-01-08 02:00:00Z, which is yet to come", AssertExit(ExitCode.StillUsed, Alive("orders-1")), StringComparison.Ordinal);
    }

    [Fact]
    public void Why_a_process_that_died_in_the_quiet_period_is_waited_for_is_told()
    {
        Pod("cccc", "orders-3").Promote("v1", 1).Use("v1", 90).Rotate("v1", "v2", 100).Use("v1", 101, stage: CredentialStage.Previous).Use("v2", 103).Accept("v2", 103).Write(_evidence.Path);

        Assert.Matches("(?s)cccc.*the quiet period ends|cccc.*used it after it was replaced", AssertExit(ExitCode.StillUsed));
        Assert.Contains("If it is gone, say --gone cccc.", AssertExit(ExitCode.StillUsed), StringComparison.Ordinal);
    }

    private static WrittenInstance Pod(string instance, string pod) =>
        new WrittenInstance(instance) { Resource = new() { ["k8s.pod.name"] = pod, ["k8s.pod.uid"] = $"uid-of-{pod}", ["host.name"] = pod, ["service.name"] = "shop" } }.Describe(0);

    private string[] Alive(string list)
    {
        File.WriteAllText(ListFile, list);
        return ["--alive", ListFile];
    }

    private string AssertExit(ExitCode exit, params string[] options)
    {
        var (code, output, errors) = _evidence.Verify(WrittenInstance.At(Now), options);
        Assert.True((int)exit == code, $"{(ExitCode)code}: {output}{errors}");
        return output + errors;
    }
}
