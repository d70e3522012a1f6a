namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>Judges old versions by histories and uses. Pure.</summary>
public static class RotationJudge
{
    /// <summary>One credential's old versions, each with its verdict.</summary>
    /// <param name="histories">All its known versions, in order of first sight.</param>
    /// <param name="uses">All their uses.</param>
    /// <param name="terms">What they are measured by.</param>
    /// <param name="asOf">Up to when the evidence reaches.</param>
    public static IReadOnlyList<RotationEvidence> Judge(
        IReadOnlyList<VersionHistory> histories, IReadOnlyList<CredentialUse> uses, VerdictTerms terms, DateTimeOffset asOf) =>
        [.. histories.Where(history => history.IsOld).Select(old => Judge(old, histories, uses, Successors.Of(old, histories, uses).ToNewerUse(old.SupersededAt), terms, asOf))];

    /// <summary>One old version. <paramref name="old"/> may also be a version that is only old elsewhere in the fleet, and its successors may be known from there.</summary>
    /// <param name="old">The old version.</param>
    /// <param name="histories">All known versions of the credential.</param>
    /// <param name="uses">All their uses.</param>
    /// <param name="newer">The versions after it.</param>
    /// <param name="terms">What it is measured by.</param>
    /// <param name="asOf">Up to when the evidence reaches.</param>
    /// <param name="isDatedElsewhere">Whether it is another instance that replaced it then.</param>
    public static RotationEvidence Judge(
        VersionHistory old, IReadOnlyList<VersionHistory> histories, IReadOnlyList<CredentialUse> uses, NewerUse newer, VerdictTerms terms, DateTimeOffset asOf, bool isDatedElsewhere = false)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(newer);
        ArgumentNullException.ThrowIfNull(terms);
        var replacement = histories.FirstOrDefault(history => history.VersionId == old.End.ReplacedBy);
        var oldUses = uses.Where(use => use.VersionId == old.VersionId && UserTrail.IsAny(use)).ToArray();
        var verdict = VerdictRules.Judge(new VerdictCase
        {
            Stage = old.Stage,
            SupersededAt = old.SupersededAt,
            IsDatedElsewhere = isDatedElsewhere,
            RetirementProbe = old.End.RetirementProbe,
            AcceptedTwin = SameValue.InService(old, histories),
            Trails = [.. oldUses.Select(use => new UserTrail(use, newer.MovedAt(use)))],
            Terms = terms,
            NewAccepted = newer.Accepted,
            IsNewUsed = newer.IsUsed,
            AsOf = asOf,
        });
        return new RotationEvidence
        {
            CredentialName = old.CredentialName,
            From = old.VersionId,
            To = old.End.ReplacedBy,
            Stage = old.Stage,
            Old = old.Timeline,
            New = replacement is null ? null : replacement.Timeline with { PromotedAt = PromotedInsteadOf(old, replacement) },
            OldLastUse = oldUses.Max(use => use.LastUse),
            NewFirstUse = uses.Where(use => use.VersionId == old.End.ReplacedBy).Min(use => use.FirstUse),
            Uses = oldUses,
            Verdict = verdict,
        };
    }

    private static DateTimeOffset? PromotedInsteadOf(VersionHistory old, VersionHistory replacement) =>
        replacement.PromotedAt >= old.SupersededAt ? replacement.PromotedAt : replacement.LastPromotedAt;
}
