using System.Globalization;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Pages;
using Nhi.Rotation.Evidence.Fleet;

namespace Nhi.Rotation.Cli.Reporting;

/// <summary>The three proofs of a rotation: that the new version took the place, that the old one is refused, and that nobody hides. Pure.</summary>
internal static class Proofs
{
    private const int MaxLines = 120;
    private const int MaxReasons = 20;

    public static IReadOnlyList<Proof> Of(FleetRotation rotation, IReadOnlyList<EvidenceLine> lines, Telling telling, bool isOverridden) =>
        [Replacement(rotation, lines), Revocation(rotation, lines), NoHiddenUse(rotation, lines, telling.Reasons(rotation, MaxReasons)) is var hidden && isOverridden && hidden.Result == ProofResult.Shown ? hidden with { IsOnlyAsGiven = true } : hidden];

    private static Proof Replacement(FleetRotation rotation, IReadOnlyList<EvidenceLine> lines)
    {
        var (promoted, accepted, used) = (rotation.Instances.Min(static one => one.Evidence.New?.PromotedAt), rotation.Instances.Min(static one => one.Evidence.New?.AcceptedAt), rotation.Instances.Min(static one => one.Evidence.NewFirstUse));
        return Make(
            "Replacement",
            promoted is not null && accepted is not null && used is not null ? ProofResult.Shown : ProofResult.NotShown,
            [
                rotation.To is null ? "What took the place of the old version is not known." : rotation.IsInferred ? $"No process lived through the change to {rotation.To}; that it came is inferred from later runs." : $"{rotation.To} took the place of {rotation.From}.",
                promoted is null ? "No instance that is judged says when the new version was promoted." : $"The first instance promoted it at {Moments.Time(promoted)}.",
                accepted is null ? "Nothing shows that the other side accepted the new version." : $"The other side accepted it at {Moments.Time(accepted)}.",
                used is null ? "Nobody used the new version, as far as the evidence shows." : $"It was first used at {Moments.Time(used)}.",
            ],
            lines.Where(line => (line.Version == rotation.To && line.Kind is not ("used" or "retired" or "revoked" or "retirementProbed" or "superseded")) || (line.Version == rotation.From && line.Kind == "superseded"))
                .Concat(lines.Where(line => line.Version == rotation.To && line.Kind == "used").DistinctBy(static line => (line.Instance, line.User))));
    }

    private static Proof Revocation(FleetRotation rotation, IReadOnlyList<EvidenceLine> lines)
    {
        ProbeEvidence[] probes = [.. rotation.Instances.Select(static one => one.Evidence.Old.RetirementProbe).OfType<ProbeEvidence>().OrderBy(static probe => probe.At)];
        var revoked = rotation.Instances.Where(static one => one.Evidence.Old.RevokedAt is not null).MinBy(static one => one.Evidence.Old.RevokedAt)?.Evidence.Old;
        var retired = rotation.Instances.Max(static one => one.Evidence.Old.RetiredAt);
        var accepted = Array.FindLast(probes, static probe => probe.Verdict == ProbeVerdict.Accepted);
        var refused = Array.FindLast(probes, static probe => probe.Verdict == ProbeVerdict.Rejected);
        return Make(
            "Revocation",
            accepted is not null && !(refused?.At > accepted.At) ? ProofResult.Refuted : refused is not null ? ProofResult.Shown : ProofResult.NotShown,
            [
                retired is null ? "No instance says that it retired the old version." : $"The last instance to do so retired the old version at {Moments.Time(retired)}.",
                .. revoked is null ? Array.Empty<string>() : [$"It was revoked at {Moments.Time(revoked.RevokedAt)}: {revoked.RevokedBecause ?? "nobody said why"}."],
                .. accepted is null ? Array.Empty<string>() : [$"The other side still accepted it at {Moments.Time(accepted.At)}, after its end ({accepted.By ?? "a probe"})."],
                refused is null ? "No probe found the old version refused after its end, so the evidence does not show what the other side does with it." : $"The other side refused it at {Moments.Time(refused.At)}, after its end ({refused.By ?? "a probe"}{(refused.Detail is null ? "" : $": {refused.Detail}")}).",
            ],
            lines.Where(line => line.Version == rotation.From && line.Kind is "retired" or "revoked" or "retirementProbed" or "setBack"));
    }

    private static Proof NoHiddenUse(FleetRotation rotation, IReadOnlyList<EvidenceLine> lines, IReadOnlyList<string> reasons)
    {
        var counts = (Instances: rotation.Instances.Count, After: rotation.Instances.Sum(static one => one.Evidence.Uses.Sum(static use => use.ResidualRetired)));
        return Make(
            "No hidden use",
            rotation.Kind switch
            {
                VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked => ProofResult.Shown,
                VerdictKind.InOverlap => ProofResult.NotShown,
                _ => ProofResult.Refuted,
            },
            [
                string.Create(CultureInfo.InvariantCulture, $"Judged over {counts.Instances} instance{(counts.Instances == 1 ? "" : "s")}: {rotation.Kind}."),
                .. reasons,
                counts.After == 0 ? "No use of the old version after its end is recorded." : string.Create(CultureInfo.InvariantCulture, $"Uses of the old version after its end: {counts.After}."),
                .. rotation.Hunts.Count == 0 ? ["No hunt for copies of its value is recorded."] : rotation.Hunts,
            ],
            lines.Where(line => line.Version == rotation.From && line.Kind == "used").Reverse().DistinctBy(static line => (line.Instance, line.User)).Reverse()
                .Concat(lines.Where(line => (line.Version == rotation.From && line.Kind is "hunted" or "sameValue") || line.Kind == "lost")));
    }

    private static Proof Make(string name, ProofResult result, IReadOnlyList<string> statements, IEnumerable<EvidenceLine> lines)
    {
        EvidenceLine[] all = [.. lines.OrderBy(static line => line.At)];
        return new Proof(name, result, statements, all.Length <= MaxLines ? all : all[..MaxLines], Math.Max(0, all.Length - MaxLines));
    }
}
