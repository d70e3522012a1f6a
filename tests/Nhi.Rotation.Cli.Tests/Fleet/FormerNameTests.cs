using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence;

namespace Nhi.Rotation.Cli.Tests.Fleet;

/// <summary>A credential that was renamed is the same secret: who used it by its old name counts.</summary>
public sealed class FormerNameTests : IDisposable
{
    private const int Now = 300;

    private readonly EvidenceDirectory _evidence = new();

    public void Dispose() => _evidence.Dispose();

    [Fact]
    public void Nobody_says_so_and_it_stays_an_open_question()
    {
        Earlier("v1").Write(_evidence.Path);
        Later("v1", "v2").Write(_evidence.Path);

        Assert.Contains("--renamed partner-key=partner", AssertExit(ExitCode.NotEnoughEvidence), StringComparison.Ordinal);
    }

    [Fact]
    public void The_app_says_so()
    {
        Earlier("v1").Write(_evidence.Path);
        Later("v1", "v2", "partner-key").Write(_evidence.Path);

        var output = AssertExit(ExitCode.NotEnoughEvidence);

        Assert.Contains("nightly has not been seen on a newer version.", output, StringComparison.Ordinal);
        Assert.Contains("known: partner-key is partner now: shop says so", output, StringComparison.Ordinal);
        Assert.DoesNotContain("OPEN QUESTION", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_user_moved_under_the_new_name()
    {
        Earlier("v1").Write(_evidence.Path);
        Later("v1", "v2", "partner-key").Use("v2", 120, "nightly", credential: "partner").Alive(Now).Write(_evidence.Path);

        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void It_had_several_names_one_after_the_other()
    {
        new WrittenInstance("0000").Describe(0, "old-partner").Promote("v1", 0, credential: "old-partner").Use("v1", 1, "monthly", credential: "old-partner").Stop(2).Write(_evidence.Path);
        var middle = new WrittenInstance("1111");
        middle.Add(Described("partner-key", 3, "old-partner"));
        middle.Promote("v1", 3, credential: "partner-key").Stop(4).Write(_evidence.Path);
        Later("v1", "v2", "partner-key").Write(_evidence.Path);

        Assert.Contains("monthly has not been seen on a newer version.", AssertExit(ExitCode.NotEnoughEvidence), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_app_that_still_calls_it_so_means_the_same()
    {
        new WrittenInstance("2222", app: "billing").Describe(0, "partner-key").Promote("v1", 0, credential: "partner-key").Use("v1", 290, credential: "partner-key").Alive(Now).Write(_evidence.Path);
        Later("v1", "v2", "partner-key").Write(_evidence.Path);

        AssertExit(ExitCode.StillUsed);
    }

    [Fact]
    public void Two_that_an_instance_has_side_by_side_are_two()
    {
        var both = Later("v1", "v2", "partner-key").Describe(100, "partner-key");
        both.Promote("v1", 100, credential: "partner-key").Use("v1", 290, "other", credential: "partner-key").Alive(Now).Write(_evidence.Path);

        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void Two_names_of_one_value_are_one_secret()
    {
        // A fingerprint by a key that the runs share.
        Earlier("fp-1").Write(_evidence.Path);
        Later("fp-1", "fp-2").Write(_evidence.Path);

        var output = AssertExit(ExitCode.NotEnoughEvidence);

        Assert.Contains("known: partner-key is partner now: both had version fp-1, which names its value", output, StringComparison.Ordinal);
        Assert.Contains("nightly has not been seen on a newer version.", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_lead_in_a_circle_are_no_trap()
    {
        var one = new WrittenInstance("0000");
        one.Add(Described("partner", 0, "partner-key"));
        one.Promote("v1", 0, credential: "partner").Stop(2).Write(_evidence.Path);
        var other = new WrittenInstance("1111");
        other.Add(Described("partner-key", 3, "partner"));
        other.Promote("v1", 3, credential: "partner-key").Use("v1", 4, credential: "partner-key").Stop(5).Write(_evidence.Path);

        AssertExit(ExitCode.NotEnoughEvidence);
    }

    // Nightly used it by its old name.
    private static WrittenInstance Earlier(string version) =>
        new WrittenInstance("aaaa").Describe(0, "partner-key").Promote(version, 0, credential: "partner-key").Use(version, 10, "nightly", credential: "partner-key").Stop(20);

    // By the new one it was rotated, and the app moved.
    private static WrittenInstance Later(string from, string to, params string[] formerly)
    {
        var instance = new WrittenInstance("bbbb");
        instance.Add(Described("partner", 30, formerly));
        return instance.Promote(from, 30, credential: "partner").Use(from, 40, credential: "partner").Rotate(from, to, 100, "partner").Use(to, 101, credential: "partner").Accept(to, 101, "partner").Alive(Now);
    }

    private static EvidenceEvent Described(string credential, double at, params string[] formerly) =>
        new() { Kind = EvidenceKind.Described, At = WrittenInstance.At(at), CredentialName = credential, QuietPeriod = TimeSpan.FromHours(1), Formerly = formerly };

    private string AssertExit(ExitCode expected)
    {
        var (exit, output, errors) = _evidence.Verify(WrittenInstance.At(Now), "--credential", "partner");
        Assert.True(exit == (int)expected, output + errors);
        return output;
    }
}
