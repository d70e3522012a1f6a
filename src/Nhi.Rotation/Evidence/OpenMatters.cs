using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence;

/// <summary>What counts of nothing show, and keeps an old version from being safe to revoke all the same: for whoever judges by metrics.</summary>
internal static class OpenMatters
{
    /// <summary>A use of each old version for each of these: it is not known what somebody keeps, a hold was lost, something made with it is still valid, its value is in service under another id or name, or was never seen.</summary>
    public static IReadOnlyList<CredentialUse> Of(UseLedger ledger, DateTimeOffset now, Func<string, string, bool> isShared) =>
        [.. ledger.Copy(credentialName: null, (credential, uses, set) => Of(credential, uses, now, isShared).DistinctBy(static use => (use.VersionId, use.Consumer, use.Caller)).ToArray()).SelectMany(static open => open)];

    private static IEnumerable<CredentialUse> Of(CredentialRecord credential, List<CredentialUse> uses, DateTimeOffset now, Func<string, string, bool> isShared)
    {
        foreach (var use in uses.Where(static use => use.Stage is CredentialStage.Previous or CredentialStage.Retired or CredentialStage.Revoked))
        {
            if (use.IsUnchecked || use.LostHolds > 0 || credential.Terms.ValidUntil([use]) > now)
            {
                yield return use;
            }
        }

        VersionHistory[] histories = [.. credential.Versions.Select(static version => version.History)];
        foreach (var old in histories.Where(old => old.IsOld && (SameValue.InService(old, histories) is not null || isShared(credential.Name, old.VersionId))))
        {
            yield return new CredentialUse
            {
                CredentialName = credential.Name,
                VersionId = old.VersionId,
                Stage = old.Stage,
                Consumer = credential.Terms.Unnamed ?? string.Empty,
                Uses = 0,
                ResidualInOverlap = 0,
                ResidualRetired = 0,
            };
        }
    }
}
