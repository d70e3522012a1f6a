using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence;

/// <summary>Whoever used an old version in another run of the app must be seen on a newer one too, here or there. Pure.</summary>
internal static class EarlierUsers
{
    /// <summary>Why an old version that nothing speaks against in this process is not proven to be safe, or <see langword="null"/>.</summary>
    /// <param name="rotation">The old version, judged by what this process saw.</param>
    /// <param name="newer">What came after it, as this process saw it.</param>
    /// <param name="earlier">All uses of the credential by other runs.</param>
    /// <param name="terms">What it is measured by.</param>
    /// <param name="now">Up to when this process saw.</param>
    public static RotationVerdict? Doubt(RotationEvidence rotation, Successors newer, IReadOnlyList<CredentialUse> earlier, VerdictTerms terms, DateTimeOffset now)
    {
        CredentialUse[] users = [.. earlier.Where(use => use.VersionId == rotation.From && use.Uses > 0)];
        var ids = newer.Versions.Select(version => version.VersionId).ToHashSet(StringComparer.Ordinal);
        CredentialUse[] unproven =
        [
            .. from use in users
               where newer.MovedAt(use, rotation.Old.SupersededAt) is null
               where !earlier.Any(other => other.Consumer == use.Consumer && other.Caller == use.Caller && ids.Contains(other.VersionId) && other.LastUse >= use.LastUse)
               group use by (use.Consumer, use.Caller) into user
               select user.MaxBy(use => use.LastUse),
        ];
        var valid = terms.ValidUntil(users);
        List<string> reasons =
        [
            .. unproven.Select(use => $"{VerdictWords.User(use)} used it in another run of this app, and has not been seen on a newer version."),
        ];
        if (valid > now)
        {
            reasons.Add($"What was made with it in another run is valid until {VerdictWords.Time(valid)}.");
        }

        return reasons.Count == 0 ? null : new RotationVerdict { Kind = VerdictKind.InOverlap, Since = rotation.Verdict.Since, Unproven = unproven, Reasons = reasons };
    }
}
