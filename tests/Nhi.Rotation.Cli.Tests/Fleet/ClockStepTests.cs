using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Tests.Fleet;

/// <summary>Quiet is time that passed: the tool counts no more of it than an instance says it was there.</summary>
public sealed class ClockStepTests : IDisposable
{
    private readonly EvidenceDirectory _evidence = new();

    public void Dispose() => _evidence.Dispose();

    [Theory]
    [InlineData(0, (int)ExitCode.Safe)]
    [InlineData(61, (int)ExitCode.StillUsed)]
    public void A_clock_that_is_set_ahead_makes_no_quiet(double step, int expected)
    {
        // The old version was used in minute 105, and the evidence reaches an hour further by the clock; of that hour, the clock was set ahead by so much.
        Life(step, until: 170 - step).Write(_evidence.Path);

        AssertExit((ExitCode)expected, 170);
    }

    [Fact]
    public void The_quiet_that_passed_counts_whatever_was_done_to_the_clock()
    {
        Life(61, until: 106 + 60).Write(_evidence.Path);

        AssertExit(ExitCode.Safe, 106 + 60 + 61);
    }

    [Theory]
    [InlineData(59, (int)ExitCode.StillUsed)]
    [InlineData(61, (int)ExitCode.Safe)]
    public void Many_small_steps_are_a_large_one(double quiet, int expected)
    {
        var life = Life(0, until: 105.5);
        for (var minute = 1; minute <= quiet; minute++)
        {
            // 4 s more with each line.
            life.Add(new EvidenceEvent { Kind = EvidenceKind.Alive, At = WrittenInstance.At(105.5 + minute + (minute * 4 / 60d)), Uptime = TimeSpan.FromMinutes(105.5 + minute) });
        }

        life.Write(_evidence.Path);
        AssertExit((ExitCode)expected, 105.5 + quiet + (quiet * 4 / 60d));
    }

    [Fact]
    public void A_clock_that_is_set_back_is_told_and_makes_nobody_a_late_user()
    {
        Life(-61, until: 106 + 60).Write(_evidence.Path);

        var output = AssertExit(ExitCode.Safe, 106 + 60 - 61);

        Assert.Contains("clock: ", output, StringComparison.Ordinal);
        Assert.Contains("the clock was set back by 3660 s before this line", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_uptime_it_is_told_that_nobody_knows_how_much_time_passed()
    {
        var instance = new WrittenInstance("aaaa").Describe(0).Promote("v1", 0).Alive(10).Alive(5);
        instance.Write(_evidence.Path);

        var finding = Assert.Single(_evidence.Read()[0].Findings, finding => finding.Kind == FindingKind.SetBack);
        Assert.Equal("the clock was set back by 300 s before this line, and how much time passed is not known", finding.Message);
    }

    [Fact]
    public void A_line_that_a_busy_process_writes_late_is_no_step()
    {
        var instance = new WrittenInstance("aaaa").Describe(0);
        instance.Add(new EvidenceEvent { Kind = EvidenceKind.Alive, At = WrittenInstance.At(1), Uptime = TimeSpan.FromSeconds(64.9) });
        instance.Add(new EvidenceEvent { Kind = EvidenceKind.Alive, At = WrittenInstance.At(2), Uptime = TimeSpan.FromSeconds(120) });
        instance.Write(_evidence.Path);

        Assert.DoesNotContain(_evidence.Read()[0].Findings, finding => finding.Kind == FindingKind.SetBack);
    }

    // Used, replaced in minute 100, the old version used once more in minute 105; then the clock is set ahead by so many minutes. Uptime goes on as it must.
    private static WrittenInstance Life(double step, double until)
    {
        var before = new WrittenInstance("aaaa").Describe(0).Promote("v1", 0).Use("v1", 10).Rotate("v1", "v2", 100).Use("v2", 101).Accept("v2", 101).Use("v1", 105, stage: CredentialStage.Previous).Alive(105.5);
        var life = new WrittenInstance("aaaa", skew: 0);
        foreach (var line in before.All)
        {
            life.Add(line with { Uptime = line.At - WrittenInstance.Start });
        }

        for (var minute = 106d; minute <= until; minute++)
        {
            life.Add(new EvidenceEvent { Kind = EvidenceKind.Alive, At = WrittenInstance.At(minute + step), Uptime = TimeSpan.FromMinutes(minute) });
        }

        return life;
    }

    private string AssertExit(ExitCode expected, double now)
    {
        var (exit, output, errors) = _evidence.Verify(WrittenInstance.At(now));
        Assert.True(exit == (int)expected, output + errors);
        return output;
    }
}
