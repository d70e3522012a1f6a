using CsCheck;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Tests.Evidence;

/// <summary>The decision table of docs/rotate-with-proof.md, row by row, and what must hold for every case.</summary>
public sealed class VerdictRulesTests
{
    private static readonly DateTimeOffset Rotated = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    // Stage, minutes from the rotation to now, residual uses (in overlap, after the end), last use of the old one, moved at, new accepted at, probe and when.
    public static TheoryData<string, CredentialStage, int, (int InOverlap, int Late, int LastUse)?, int?, int?, (ProbeVerdict, int)?, VerdictKind> Rows => new()
    {
        { "moved, accepted, quiet", CredentialStage.Previous, 90, (0, 0, 0), 1, 1, null, VerdictKind.SafeToRevoke },
        { "the same after it retired", CredentialStage.Retired, 90, (2, 0, 5), 1, 1, null, VerdictKind.SafeToRevoke },
        { "exactly quiet for the period", CredentialStage.Previous, 60, (0, 0, 0), 1, 1, null, VerdictKind.SafeToRevoke },
        { "not quiet for long enough", CredentialStage.Previous, 59, (0, 0, 0), 1, 1, null, VerdictKind.InOverlap },
        { "used in overlap, an hour ago", CredentialStage.Previous, 70, (1, 0, 10), 1, 1, null, VerdictKind.SafeToRevoke },
        { "used in overlap, less than an hour ago", CredentialStage.Previous, 69, (1, 0, 10), 1, 1, null, VerdictKind.StillUsed },
        { "used in overlap, though it moved", CredentialStage.Previous, 20, (5, 0, 19), 1, 1, null, VerdictKind.StillUsed },
        { "never seen on the new one", CredentialStage.Previous, 900, (0, 0, 0), null, 1, null, VerdictKind.InOverlap },
        { "retired, never used since, not seen on the new one", CredentialStage.Retired, 900, (0, 0, 0), null, 1, null, VerdictKind.InOverlap },
        { "the new one was never accepted", CredentialStage.Previous, 900, (0, 0, 0), 1, null, null, VerdictKind.InOverlap },
        { "nobody ran at all", CredentialStage.Previous, 900, null, null, 1, null, VerdictKind.InOverlap },
        { "not replaced here", CredentialStage.Current, 900, (0, 0, 0), 1, 1, null, VerdictKind.InOverlap },
        { "used after it retired", CredentialStage.Retired, 900, (0, 1, 100), 1, 1, null, VerdictKind.Violated },
        { "used after it was revoked", CredentialStage.Revoked, 900, (0, 1, 100), 1, 1, null, VerdictKind.Violated },
        { "still accepted after it retired", CredentialStage.Retired, 900, (0, 0, 0), 1, 1, (ProbeVerdict.Accepted, 70), VerdictKind.Violated },
        { "refused after it retired", CredentialStage.Retired, 71, (3, 0, 40), 1, 1, (ProbeVerdict.Rejected, 70), VerdictKind.ProvenRevoked },
        { "refused, though nobody was seen on the new one", CredentialStage.Retired, 71, (3, 0, 40), null, null, (ProbeVerdict.Rejected, 70), VerdictKind.ProvenRevoked },
        { "refused, then used", CredentialStage.Retired, 900, (0, 1, 80), 1, 1, (ProbeVerdict.Rejected, 70), VerdictKind.Violated },
        { "used, then refused, then quiet", CredentialStage.Retired, 120, (0, 1, 60), 1, 1, (ProbeVerdict.Rejected, 70), VerdictKind.ProvenRevoked },
        { "used, then refused, not quiet yet", CredentialStage.Retired, 119, (0, 1, 60), 1, 1, (ProbeVerdict.Rejected, 70), VerdictKind.Violated },
        { "the probe found nothing out", CredentialStage.Retired, 90, (0, 0, 0), 1, 1, (ProbeVerdict.Inconclusive, 70), VerdictKind.SafeToRevoke },
        { "a refusal counts only after the end", CredentialStage.Previous, 30, (0, 0, 0), 1, 1, (ProbeVerdict.Rejected, 10), VerdictKind.InOverlap },
    };

    private static readonly Gen<VerdictCase> Cases =
        from stage in Gen.Enum<CredentialStage>()
        from superseded in Gen.Bool
        from probe in Gen.Select(Gen.Enum<ProbeVerdict>(), Gen.Int[0, 400]).Select((verdict, at) => new ProbeEvidence("probe", verdict, null, At(at)))
        from isProbed in Gen.Bool
        from trails in Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[-60, 400], Gen.Int[0, 400], Gen.Bool, Gen.Int[-3, 2])
            .Select((inOverlap, late, last, moved, hasMoved, held) => Trail("client", inOverlap, late, last, hasMoved ? moved : null, Math.Max(0, held))).Array[0, 4]
        from accepted in Gen.Int[0, 400]
        from isAccepted in Gen.Bool
        from asFarAs in Gen.Bool.Select(isProof => isProof ? null : "200 from GET /open")
        from requiresProof in Gen.Bool
        from isNewUsed in Gen.Bool
        from now in Gen.Int[0, 500]
        from quiet in Gen.Int[0, 120]
        select new VerdictCase
        {
            Stage = stage,
            SupersededAt = superseded ? Rotated : null,
            RetirementProbe = isProbed ? probe : null,
            Trails = trails,
            NewAccepted = isAccepted ? new Acceptance(At(accepted), asFarAs) : null,
            IsNewUsed = isNewUsed || trails.Any(trail => trail.MovedAt.HasValue),
            AsOf = At(now),
            Terms = new VerdictTerms(TimeSpan.FromMinutes(quiet)) { RequiresProof = requiresProof },
        };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_row_of_the_table_has_its_verdict(
        string row, CredentialStage stage, int now, (int InOverlap, int Late, int LastUse)? use, int? moved, int? accepted, (ProbeVerdict Verdict, int At)? probe, VerdictKind expected)
    {
        var verdict = VerdictRules.Judge(new VerdictCase
        {
            Stage = stage,
            SupersededAt = Rotated,
            RetirementProbe = probe is { } result ? new ProbeEvidence("probe", result.Verdict, null, At(result.At)) : null,
            Trails = use is { } old ? [Trail("client", old.InOverlap, old.Late, old.LastUse, moved)] : [],
            NewAccepted = accepted is { } at ? new Acceptance(At(at), AsFarAs: null) : null,
            IsNewUsed = moved.HasValue,
            AsOf = At(now),
            Terms = new VerdictTerms(Quiet),
        });

        Assert.True(expected == verdict.Kind, $"{row}: {verdict.Kind}, because {string.Join(' ', verdict.Reasons)}");
        Assert.NotEmpty(verdict.Reasons);
        Assert.Equal(expected == VerdictKind.StillUsed, verdict.Users is [{ Consumer: "client" }] && verdict.Kind != VerdictKind.Violated);
    }

    [Fact]
    public void Who_has_not_been_seen_on_the_new_version_is_named()
    {
        var verdict = VerdictRules.Judge(new VerdictCase
        {
            Stage = CredentialStage.Previous,
            SupersededAt = Rotated,
            Trails = [Trail("moved", 0, 0, 0, 1), Trail("nightly job", 0, 0, -30, null)],
            NewAccepted = new Acceptance(At(1), AsFarAs: null),
            IsNewUsed = true,
            AsOf = At(900),
            Terms = new VerdictTerms(Quiet),
        });

        Assert.Equal("nightly job", Assert.Single(verdict.Unproven).Consumer);
        Assert.Contains("nightly job", Assert.Single(verdict.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_whose_value_another_one_holds_in_service_is_never_safe_or_proven_to_be_gone()
    {
        Cases.Sample(evidence =>
        {
            var verdict = VerdictRules.Judge(evidence with { AcceptedTwin = "v9" });
            Assert.NotEqual(VerdictKind.SafeToRevoke, verdict.Kind);
            Assert.NotEqual(VerdictKind.ProvenRevoked, verdict.Kind);
            Assert.Equal(verdict.Kind == VerdictKind.InOverlap, verdict.Reasons.Any(reason => reason.Contains("'v9' holds the same value", StringComparison.Ordinal)));
        });
    }

    [Fact]
    public void Safe_rests_on_every_condition()
    {
        Cases.Sample(
            evidence =>
            {
                if (VerdictRules.Judge(evidence) is not { Kind: VerdictKind.SafeToRevoke } verdict)
                {
                    return;
                }

                Assert.Empty(verdict.Users);
                Assert.Empty(verdict.Unproven);
                Assert.NotNull(evidence.NewAccepted);
                Assert.False(evidence.Terms.RequiresProof && evidence.NewAccepted.AsFarAs is not null);
                Assert.Equal(evidence.NewAccepted.AsFarAs is not null, verdict.Reasons.Any(reason => reason.Contains("as far as 200 from GET /open can show", StringComparison.Ordinal)));
                Assert.True(evidence.IsNewUsed);
                Assert.True(evidence.Stage is CredentialStage.Previous or CredentialStage.Retired or CredentialStage.Revoked);
                Assert.All(evidence.Trails, trail =>
                {
                    Assert.NotNull(trail.MovedAt);
                    Assert.Equal(0, trail.Use.ResidualRetired);
                    Assert.True(evidence.AsOf - trail.Use.LastUse >= evidence.QuietPeriod);
                });
                Assert.False(evidence.RetirementProbe?.Verdict == ProbeVerdict.Accepted && evidence.Stage != CredentialStage.Previous);
            },
            iter: 20_000);
    }

    [Fact]
    public void One_more_use_after_the_end_is_never_safe_and_never_proven()
    {
        Cases.Sample(
            evidence =>
            {
                var used = evidence with { Stage = CredentialStage.Retired, Trails = [.. evidence.Trails, Trail("late", 0, 1, 600, 1)], AsOf = At(600) };

                Assert.True(evidence.QuietPeriod == TimeSpan.Zero || VerdictRules.Judge(used).Kind == VerdictKind.Violated);
            },
            iter: 20_000);
    }

    [Fact]
    public void Waiting_alone_never_turns_a_good_verdict_bad_nor_a_missing_proof_good()
    {
        Cases.Sample(
            evidence =>
            {
                var now = VerdictRules.Judge(evidence);
                var later = VerdictRules.Judge(evidence with { AsOf = evidence.AsOf.AddDays(30) });
                if (now.Kind is VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked)
                {
                    Assert.Equal(now.Kind, later.Kind);
                }

                if (now.Unproven.Count > 0)
                {
                    Assert.NotEqual(VerdictKind.SafeToRevoke, later.Kind);
                }
            },
            iter: 20_000);
    }

    [Fact]
    public void While_something_is_held_open_nothing_is_safe_or_proven()
    {
        Cases.Where(evidence => evidence.Trails.Any(trail => trail.Use.Held > 0)).Sample(
            evidence =>
            {
                var verdict = VerdictRules.Judge(evidence);
                Assert.True(verdict.Kind is VerdictKind.StillUsed or VerdictKind.Violated, $"{verdict.Kind}: {string.Join(' ', verdict.Reasons)}");
                Assert.NotEmpty(verdict.Users);
            },
            iter: 20_000);
    }

    private static DateTimeOffset At(int minutes) => Rotated.AddMinutes(minutes);

    private static UserTrail Trail(string consumer, int inOverlap, int late, int lastUse, int? moved, int held = 0) => new(
        new CredentialUse
        {
            CredentialName = "stripe",
            VersionId = "v1",
            Stage = CredentialStage.Previous,
            Consumer = consumer,
            Uses = 10 + inOverlap + late,
            ResidualInOverlap = inOverlap,
            ResidualRetired = late,
            Held = held,
            LastUse = At(lastUse),
        },
        moved is { } at ? At(at) : null);
}
