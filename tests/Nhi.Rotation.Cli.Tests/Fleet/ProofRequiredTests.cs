using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence;

namespace Nhi.Rotation.Cli.Tests.Fleet;

/// <summary>An answer that did not refuse a version is no proof of it.</summary>
public sealed class ProofRequiredTests : IDisposable
{
    private const int Now = 300;

    private readonly EvidenceDirectory _evidence = new();

    public void Dispose() => _evidence.Dispose();

    [Fact]
    public void Where_no_proof_is_required_the_reason_says_how_far_it_goes()
    {
        Life("aaaa", requiresProof: false).Write(_evidence.Path);

        AssertExit(ExitCode.Safe);
        Assert.Contains("as far as 200 from GET /open can show.", _evidence.Verify(WrittenInstance.At(Now), "--format", "json").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_it_is_required_nothing_is_proven()
    {
        Life("aaaa", requiresProof: true).Write(_evidence.Path);

        Assert.Contains(
            "A newer version was accepted at 2026-01-01 01:41:00Z, as far as 200 from GET /open can show. That does not prove it, and this credential requires proof",
            AssertExit(ExitCode.NotEnoughEvidence),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_proof_anywhere_in_the_app_is_one_for_those_that_are_over()
    {
        Life("aaaa", requiresProof: true).Stop(200).Write(_evidence.Path);
        Life("bbbb", requiresProof: true).Accept("v2", 150).Alive(Now).Write(_evidence.Path);

        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void One_that_requires_it_requires_it_of_all()
    {
        Life("aaaa", requiresProof: false).Write(_evidence.Path);
        Life("bbbb", requiresProof: true).Accept("v2", 150).Alive(Now).Write(_evidence.Path);

        Assert.Contains("shop aaaa: InOverlap", AssertExit(ExitCode.NotEnoughEvidence), StringComparison.Ordinal);
    }

    private static WrittenInstance Life(string instance, bool requiresProof)
    {
        var life = new WrittenInstance(instance);
        life.Add(new EvidenceEvent { Kind = EvidenceKind.Described, At = WrittenInstance.At(0), CredentialName = "stripe", QuietPeriod = TimeSpan.FromHours(1), RequiresProof = requiresProof });
        life.Promote("v1", 0).Use("v1", 10).Rotate("v1", "v2", 100).Use("v2", 101);
        return life.Add(life.Event(EvidenceKind.Answered, "v2", 101) with { Detail = "200 from GET /open" }).Alive(Now);
    }

    private string AssertExit(ExitCode expected)
    {
        var (exit, output, errors) = _evidence.Verify(WrittenInstance.At(Now));
        Assert.True(exit == (int)expected, output + errors);
        return output;
    }
}
