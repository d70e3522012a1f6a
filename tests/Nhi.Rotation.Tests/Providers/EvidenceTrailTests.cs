using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Verdicts;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Tests.Support;
using Nhi.Rotation.Time;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Tests.Providers;

/// <summary>Facts and stages become evidence.</summary>
public sealed class EvidenceTrailTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(FactKind.RetirementProven, ProbeVerdict.Rejected)]
    [InlineData(FactKind.RetirementViolated, ProbeVerdict.Accepted)]
    [InlineData(FactKind.RetirementInconclusive, ProbeVerdict.Inconclusive)]
    public void A_probe_after_the_end_is_recorded_with_who_asked_what_was_said_and_why(object fact, ProbeVerdict expected)
    {
        var history = Record(new LifecycleFact((FactKind)fact, "v1", Detail: "401"), CredentialStage.Retired);

        Assert.Equal(new ProbeEvidence("HttpProbe", expected, "401", Now), history.End.RetirementProbe);
        Assert.Null(history.Probe);
    }

    [Fact]
    public void A_retirement_says_why_and_dates_the_replacement_of_a_version_that_went_at_once()
    {
        var history = Record(new LifecycleFact(FactKind.Retired, "v1", Detail: "the backend disabled it"), CredentialStage.Retired);

        Assert.Equal((CredentialStage.Retired, Now, "the backend disabled it", Now), (history.Stage, history.End.RetiredAt, history.End.RetiredBecause, history.SupersededAt));
    }

    [Fact]
    public void A_clear_answer_of_a_probe_outlives_an_unclear_one_and_not_a_return_to_life()
    {
        var history = new VersionHistory("stripe", "v1")
            .Apply(Event(EvidenceKind.Retired))
            .Apply(Event(EvidenceKind.RetirementProbed) with { Verdict = ProbeVerdict.Rejected })
            .Apply(Event(EvidenceKind.RetirementProbed) with { Verdict = ProbeVerdict.Inconclusive });
        Assert.Equal(ProbeVerdict.Rejected, history.End.RetirementProbe?.Verdict);

        Assert.Equal(ProbeVerdict.Accepted, history.Apply(Event(EvidenceKind.RetirementProbed) with { Verdict = ProbeVerdict.Accepted }).End.RetirementProbe?.Verdict);
        var again = history.Apply(Event(EvidenceKind.Promoted));
        Assert.Equal((CredentialStage.Current, null, null, null), (again.Stage, again.End.RetiredAt, again.End.RetirementProbe, again.SupersededAt));
    }

    [Fact]
    public void What_was_accepted_and_probed_before_a_fallback_or_a_rollback_is_no_acceptance_now()
    {
        var probed = Event(EvidenceKind.Probed) with { Verdict = ProbeVerdict.Accepted };
        var first = new VersionHistory("stripe", "v1").Apply(probed).Apply(Event(EvidenceKind.Promoted)).Apply(Event(EvidenceKind.Accepted));
        Assert.Equal((Now, ProbeVerdict.Accepted), (first.AcceptedAt, first.Probe?.Verdict));

        var held = first.Apply(Event(EvidenceKind.SetBack)).Apply(Event(EvidenceKind.Promoted));
        Assert.Equal((null, null), (held.AcceptedAt, held.Probe));

        var replaced = first.Apply(Event(EvidenceKind.Superseded) with { At = Now.AddMinutes(1) });
        var back = replaced.Apply(Event(EvidenceKind.Promoted) with { At = Now.AddMinutes(2) });
        Assert.Equal((null, null), (back.AcceptedAt, back.Probe));
        Assert.Equal(ProbeVerdict.Accepted, replaced.Apply(probed with { At = Now.AddMinutes(2) }).Apply(Event(EvidenceKind.Promoted) with { At = Now.AddMinutes(2) }).Probe?.Verdict);
        Assert.Equal(Now.AddMinutes(3), back.Apply(Event(EvidenceKind.Accepted) with { At = Now.AddMinutes(3) }).AcceptedAt);
    }

    private static EvidenceEvent Event(EvidenceKind kind) => new() { Kind = kind, At = Now, CredentialName = "stripe", VersionId = "v1" };

    private static VersionHistory Record(LifecycleFact fact, CredentialStage stage)
    {
        using var metrics = new CredentialMetrics(factory: null);
        var ledger = new UseLedger(metrics, new EngineLog(NullLogger.Instance), new TwoClocks());
        var shelf = new VersionShelf(ledger.Find("stripe"), ledger);
        using var held = shelf.Gate.EnterScope();
        var before = new CredentialState { Versions = [new VersionState { Id = "v1", Stage = CredentialStage.Current }], CurrentId = "v1" };
        var after = new CredentialState { Versions = [new VersionState { Id = "v1", Stage = stage }] };
        shelf.Take(after, listing: null);
        EvidenceTrail.Record(ledger, shelf, before, [fact], new Instant(Now, TimeSpan.Zero), "HttpProbe");
        return shelf.Find("v1")!.History;
    }
}
