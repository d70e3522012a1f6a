using System.Globalization;

namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>The rules of the verdict, as one pure function that the process and the command-line tool share. No clock, no I/O.</summary>
internal static class VerdictRules
{
    /// <summary>May the old version be revoked? The first rule that applies decides; docs/rotate-with-proof.md has them as a table.</summary>
    public static RotationVerdict Judge(VerdictCase evidence)
    {
        var hasEnded = evidence.Stage is CredentialStage.Retired or CredentialStage.Revoked;
        var late = evidence.Trails.Where(trail => trail.Use.ResidualRetired > 0 || (hasEnded && trail.IsHolder)).ToArray();
        return Proven(evidence, late) ?? Violation(evidence, late) ?? Residual(evidence) ?? Gaps(evidence) ?? Quiet(evidence);
    }

    // Late uses are outweighed only by a refusal that came after all of them, and by a quiet period since.
    private static RotationVerdict? Proven(VerdictCase evidence, UserTrail[] late)
    {
        if (evidence.Trails.Any(trail => trail.Use.LostHolds > 0) || evidence is not { AcceptedTwin: null, Stage: CredentialStage.Retired or CredentialStage.Revoked, RetirementProbe: { Verdict: ProbeVerdict.Rejected } probe })
        {
            return null;
        }

        var refused = $"The other side refused it at {Time(probe.At)}, after it had ended.";
        if (late.Length == 0)
        {
            return new RotationVerdict { Kind = VerdictKind.ProvenRevoked, Since = probe.At, Reasons = [refused, "Nobody used it after it had ended."] };
        }

        var last = LastUse(late);
        return last < probe.At && evidence.AsOf - last >= evidence.QuietPeriod && !late.Any(trail => trail.IsHolder)
            ? new RotationVerdict
            {
                Kind = VerdictKind.ProvenRevoked,
                Since = Later(probe.At, last.Value + evidence.QuietPeriod),
                Reasons = [refused, $"It was used {Times(Count(late))} after it had ended, the last time at {Time(last)}; not for {evidence.QuietPeriod} since."],
            }
            : null;
    }

    private static RotationVerdict? Violation(VerdictCase evidence, UserTrail[] late)
    {
        var reasons = new List<string>();
        DateTimeOffset? since = null;
        if (Count(late) is > 0 and var uses)
        {
            since = LastUse(late);
            reasons.Add($"It was used {Times(uses)} after it had ended, by {string.Join(", ", late.Where(trail => trail.Use.ResidualRetired > 0).Select(Name).Order(StringComparer.Ordinal))}, the last time at {Time(since)}.");
        }

        foreach (var trail in late.Where(trail => trail.IsHolder))
        {
            since ??= trail.Use.LastUse;
            reasons.AddRange(Holding(evidence, trail).Select(reason => $"It has ended, and {reason}"));
        }

        if (evidence is { Stage: CredentialStage.Retired or CredentialStage.Revoked, RetirementProbe: { Verdict: ProbeVerdict.Accepted } probe })
        {
            since = since < probe.At ? since : probe.At;
            reasons.Add($"The other side still accepted it at {Time(probe.At)}, after it had ended.");
        }

        return reasons.Count == 0 ? null : new RotationVerdict { Kind = VerdictKind.Violated, Since = since, Users = Users(late), Unproven = Unproven(evidence), Reasons = reasons };
    }

    private static RotationVerdict? Residual(VerdictCase evidence)
    {
        var users = evidence.Trails.Where(trail => IsResidual(evidence, trail) && (trail.IsHolder || !(evidence.AsOf - trail.Use.LastUse >= evidence.QuietPeriod))).ToArray();
        return users.Length == 0
            ? null
            : new RotationVerdict
            {
                Kind = VerdictKind.StillUsed,
                Since = evidence.SupersededAt,
                Users = Users(users),
                Unproven = Unproven(evidence),
                Reasons =
                [
                    .. users.OrderBy(Name, StringComparer.Ordinal).SelectMany(trail => trail.IsHolder
                        ? Holding(evidence, trail)
                        : [$"{Name(trail)} used it after it was replaced, the last time at {Time(trail.Use.LastUse)}."]),
                ],
            };
    }

    private static RotationVerdict? Gaps(VerdictCase evidence)
    {
        var unproven = evidence.Trails.Where(IsUnproven).ToArray();
        List<string> reasons = [.. unproven.OrderBy(Name, StringComparer.Ordinal).Select(trail => $"{Name(trail)} has not been seen on a newer version.")];
        reasons.AddRange(evidence.Trails.Where(trail => trail.Use.LostHolds > 0).Select(Lost));
        if (evidence.Stage is CredentialStage.Pending or CredentialStage.Current || evidence.SupersededAt is null)
        {
            reasons.Add("It has not been replaced here.");
        }

        if (evidence.AcceptedTwin is { } twin)
        {
            reasons.Add(VerdictWords.SameValue(twin));
        }

        if (evidence.NewAccepted is not { } accepted)
        {
            reasons.Add("No newer version has been accepted by the other side yet.");
        }
        else if (accepted.AsFarAs is not null && evidence.Terms.RequiresProof)
        {
            reasons.Add($"{VerdictWords.Accepted(accepted)} That does not prove it, and this credential requires proof: ProvenBy, a probe, or a refusal of another version at the same address.");
        }

        if (!evidence.IsNewUsed)
        {
            reasons.Add("Nobody has used a newer version yet, so silence proves nothing.");
        }

        return reasons.Count == 0
            ? null
            : new RotationVerdict { Kind = VerdictKind.InOverlap, Since = evidence.SupersededAt, Unproven = Unproven(evidence), Reasons = reasons };
    }

    private static RotationVerdict Quiet(VerdictCase evidence)
    {
        var quietSince = Later(evidence.SupersededAt!.Value, LastUse(evidence.Trails));
        var quietUntil = quietSince + evidence.QuietPeriod;
        var valid = evidence.Terms.ValidUntil(Users(evidence.Trails));
        if (WhatLasts(evidence, quietSince, quietUntil, valid) is { } reason)
        {
            return new RotationVerdict { Kind = VerdictKind.InOverlap, Since = evidence.SupersededAt, Reasons = [reason] };
        }

        var users = evidence.Trails.Where(trail => trail.IsUser).ToArray();
        var moved = users.Max(trail => trail.MovedAt);
        return new RotationVerdict
        {
            Kind = VerdictKind.SafeToRevoke,
            Since = Later(Later(Later(quietUntil, moved), evidence.NewAccepted!.At), valid),
            Reasons =
            [
                VerdictWords.Accepted(evidence.NewAccepted),
                users.Length == 0 ? "Nobody ever used it here." : $"All of its users ({string.Join(", ", users.Select(Name).Order(StringComparer.Ordinal))}) moved by {Time(moved)}.",
                $"Nobody has used it since {Time(quietSince)}.",
                "Nobody is known to keep what was given out of it; that proves nothing of copies of its text.",
            ],
        };
    }

    // What is not over, or not known to be.
    private static string? WhatLasts(VerdictCase evidence, DateTimeOffset quietSince, DateTimeOffset quietUntil, DateTimeOffset? valid)
    {
        if (evidence.AsOf < quietUntil)
        {
            return $"Nobody has used it since {Time(quietSince)}; the quiet period ends at {Time(quietUntil)}.";
        }

        if (evidence.AsOf < valid)
        {
            return $"What was made with it is valid until {Time(valid)}.";
        }

        var unknown = evidence.Trails.Where(trail => trail.Use.IsUnchecked).ToArray();
        return unknown.Length == 0
            ? null
            : $"It is not known yet whether {string.Join(", ", unknown.Select(trail => Part(evidence, trail)))} still holds something it was given: only full garbage collections since it was replaced show that.";
    }

    // The sweep stamps up to an interval late: the split of the counts tells what was before the rotation, the stamp only when it ended.
    private static bool IsResidual(VerdictCase evidence, UserTrail trail) =>
        trail.IsHolder || trail.Use.ResidualInOverlap > 0 || ((evidence.Stage == CredentialStage.Current || evidence.IsDatedElsewhere) && trail.Use.LastUse > evidence.SupersededAt);

    private static CredentialUse[] Users(IEnumerable<UserTrail> trails) => [.. trails.Select(trail => trail.Use)];

    private static CredentialUse[] Unproven(VerdictCase evidence) => Users(evidence.Trails.Where(IsUnproven));

    private static string Lost(UserTrail trail) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name(trail)} lost {trail.Use.LostHolds} {(trail.Use.LostHolds == 1 ? "hold" : "holds")} without closing {(trail.Use.LostHolds == 1 ? "it" : "them")}, so what was opened with it may still be open.");

    // Whoever keeps it and never used it has nowhere to move from; it is named as a holder.
    private static bool IsUnproven(UserTrail trail) => trail.IsUser && trail.MovedAt is null;

    // Of counts that anybody may have written.
    private static long Count(UserTrail[] late) => late.Aggregate(0L, (sum, trail) => sum > long.MaxValue - trail.Use.ResidualRetired ? long.MaxValue : sum + trail.Use.ResidualRetired);

    private static DateTimeOffset? LastUse(IReadOnlyCollection<UserTrail> trails) => trails.Count == 0 ? null : trails.Max(trail => trail.Use.LastUse);

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset? b) => b > a ? b.Value : a;

    private static string Times(long count) => count == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{count} times");

    private static IEnumerable<string> Holding(VerdictCase evidence, UserTrail trail)
    {
        if (trail.Use.Held > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{Name(trail)} still holds {trail.Use.Held} {(trail.Use.Held == 1 ? "connection or session" : "connections or sessions")} opened with it.");
        }

        if (trail.Use.Kept.HasFlag(KeptObjects.Credential))
        {
            yield return $"{Part(evidence, trail)} still holds the credential object it was given.";
        }

        if (trail.Use.Kept.HasFlag(KeptObjects.Derived))
        {
            yield return $"{Part(evidence, trail)} still holds what was derived from it.";
        }

        if (trail.Use.Kept.HasFlag(KeptObjects.Text))
        {
            yield return $"{Part(evidence, trail)} still holds the text it was given.";
        }

        if (trail.Use.Kept.HasFlag(KeptObjects.Bytes))
        {
            yield return $"{Part(evidence, trail)} still holds the bytes it was given.";
        }
    }

    // The uses of everybody who did not say who they are count together, but one of them holds.
    private static string Part(VerdictCase evidence, UserTrail trail) => trail.Use.Caller is null && trail.Use.Consumer == evidence.Terms.Unnamed
        ? $"a part of {trail.Use.Consumer} without a name (ForConsumer gives it one)"
        : Name(trail);

    private static string Name(UserTrail trail) => VerdictWords.User(trail.Use);

    private static string Time(DateTimeOffset? at) => VerdictWords.Time(at);
}
