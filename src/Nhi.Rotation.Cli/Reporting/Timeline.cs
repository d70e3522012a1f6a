using Nhi.Rotation.Evidence.Fleet;

namespace Nhi.Rotation.Cli.Reporting;

/// <summary>What happened in a rotation, in order. Pure.</summary>
internal static class Timeline
{
    public static IReadOnlyList<Moment> Of(FleetRotation rotation, FleetQuestion question)
    {
        var all = rotation.Instances.Select(static instance => instance.Evidence).ToArray();
        var probe = all.Select(static one => one.New?.Probe).OfType<ProbeEvidence>().MinBy(static one => one.At);
        var ends = all.Select(static one => one.Old.RetirementProbe).OfType<ProbeEvidence>().OrderBy(static one => one.At).ToArray();
        (DateTimeOffset? At, string What, MomentOf Of)[] known =
        [
            (all.Min(static one => one.New?.CreatedOn), "created", MomentOf.New),
            (all.Min(static one => one.New?.SeenAt), "seen", MomentOf.New),
            (probe?.At, $"probed: {probe?.Verdict.ToString().ToLowerInvariant()}", MomentOf.New),
            (all.Min(static one => one.New?.PromotedAt), "promoted", MomentOf.New),
            (all.Min(static one => one.New?.AcceptedAt), "accepted", MomentOf.New),
            (all.Min(static one => one.Old.SupersededAt), "replaced", MomentOf.Old),
            (all.Max(static one => one.OldLastUse), "last use", MomentOf.Old),
            (all.Max(static one => one.Old.OverlapEndsAt), "overlap ends", MomentOf.Old),
            (all.Max(static one => one.Old.RetiredAt), "retired", MomentOf.Old),
            (all.Min(static one => one.Old.RevokedAt), "revoked", MomentOf.Old),
            .. ends.Select(static end => ((DateTimeOffset?)end.At, $"probed after its end: {end.Verdict.ToString().ToLowerInvariant()}", MomentOf.Old)).DistinctBy(static end => end.Item2),
            (question.Now, "judged", MomentOf.Report),
        ];
        return
        [
            .. known.Where(static one => one.At is not null).Select(static one => new Moment(one.At!.Value, one.What, one.Of))
                .Concat(rotation.Instances.Where(static one => one.Evidence.NewFirstUse is not null).Select(static one => new Moment(one.Evidence.NewFirstUse!.Value, "first use", MomentOf.New, one.Instance)))
                .Concat(rotation.Instances.Where(static one => one.Evidence.OldLastUse is not null).Select(static one => new Moment(one.Evidence.OldLastUse!.Value, "last use", MomentOf.Old, one.Instance)))
                .OrderBy(static one => one.At),
        ];
    }
}
