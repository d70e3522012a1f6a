namespace Nhi.Rotation.Evidence;

/// <summary>Makes the evidence of each old version out of histories and uses. Pure.</summary>
internal static class RotationReport
{
    /// <summary>One credential's old versions, each with its verdict.</summary>
    /// <param name="histories">All its known versions, in order of first sight.</param>
    /// <param name="uses">All their uses.</param>
    /// <param name="quietPeriod">How long nobody may have used an old version.</param>
    /// <param name="asOf">Up to when the evidence reaches.</param>
    public static IReadOnlyList<RotationEvidence> Of(
        IReadOnlyList<VersionHistory> histories, IReadOnlyList<CredentialUse> uses, TimeSpan quietPeriod, DateTimeOffset asOf) =>
        [.. histories.Where(history => history.IsOld).Select(old => Of(old, histories, uses, quietPeriod, asOf))];

    /// <summary>One old version. <paramref name="old"/> may also be a version that is only old elsewhere in the fleet.</summary>
    public static RotationEvidence Of(
        VersionHistory old, IReadOnlyList<VersionHistory> histories, IReadOnlyList<CredentialUse> uses, TimeSpan quietPeriod, DateTimeOffset asOf)
    {
        var replacement = histories.FirstOrDefault(history => history.VersionId == old.ReplacedBy);
        var newer = histories.Where(history => IsNewer(history, old)).ToArray();
        var newerIds = newer.Select(history => history.VersionId).ToHashSet(StringComparer.Ordinal);
        var newerUses = uses.Where(use => newerIds.Contains(use.VersionId) && use.LastUse >= old.SupersededAt).ToArray();
        var oldUses = uses.Where(use => use.VersionId == old.VersionId && use.Uses > 0).ToArray();
        var verdict = VerdictRules.Judge(new VerdictCase
        {
            Stage = old.Stage,
            SupersededAt = old.SupersededAt,
            RetirementProbe = old.RetirementProbe,
            Trails = [.. oldUses.Select(use => new UserTrail(use, MovedAt(use, newerUses, old)))],
            NewAcceptedAt = AcceptedAt(newer, newerUses),
            IsNewUsed = newerUses.Length > 0,
            AsOf = asOf,
            QuietPeriod = quietPeriod,
        });
        return new RotationEvidence
        {
            CredentialName = old.CredentialName,
            From = old.VersionId,
            To = old.ReplacedBy,
            Stage = old.Stage,
            NewCreatedOn = replacement?.CreatedOn,
            NewSeenAt = replacement?.SeenAt,
            NewProbe = replacement?.Probe,
            NewPromotedAt = replacement?.PromotedAt >= old.SupersededAt ? replacement.PromotedAt : replacement?.LastPromotedAt,
            NewFirstUse = uses.Where(use => use.VersionId == old.ReplacedBy).Min(use => use.FirstUse),
            NewAcceptedAt = replacement?.AcceptedAt,
            SupersededAt = old.SupersededAt,
            OverlapEndsAt = old.OverlapEndsAt,
            OldLastUse = oldUses.Max(use => use.LastUse),
            RetiredAt = old.RetiredAt,
            RetiredBecause = old.RetiredBecause,
            RevokedAt = old.RevokedAt,
            RevokedBecause = old.RevokedBecause,
            RetirementProbe = old.RetirementProbe,
            Uses = oldUses,
            Verdict = verdict,
        };
    }

    // A user that skipped a version, because two rotations came fast, has moved all the same.
    private static bool IsNewer(VersionHistory history, VersionHistory old) =>
        history.VersionId != old.VersionId && (history.VersionId == old.ReplacedBy || history.LastPromotedAt >= old.SupersededAt);

    private static DateTimeOffset? MovedAt(CredentialUse use, CredentialUse[] newerUses, VersionHistory old) =>
        newerUses.Where(newer => newer.Consumer == use.Consumer && newer.Caller == use.Caller)
            .Min(newer => newer.FirstUse >= old.SupersededAt ? newer.FirstUse : newer.LastUse);

    // A caller whose key we took is the workload path of an inbound credential.
    private static DateTimeOffset? AcceptedAt(VersionHistory[] newer, CredentialUse[] newerUses)
    {
        DateTimeOffset?[] all =
        [
            .. newer.Select(history => history.AcceptedAt),
            .. newer.Select(history => history.Probe is { Verdict: ProbeVerdict.Accepted } probe ? probe.At : (DateTimeOffset?)null),
            .. newerUses.Where(use => use.Caller is not null && use.ResidualRetired == 0).Select(use => use.FirstUse),
        ];
        return all.Min();
    }
}
