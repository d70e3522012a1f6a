using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence;

/// <summary>What counts of nothing show, and keeps an old version from being safe to revoke all the same: for whoever judges by metrics.</summary>
internal static class OpenMatters
{
    /// <summary>A use of each old version for each of these: it is not known what somebody keeps, a hold was lost, something made with it is still valid, its value is in service under another id or name, or was never seen.</summary>
    /// <param name="ledger">Everything.</param>
    /// <param name="now">The time.</param>
    /// <param name="isShared">Whether the value of a version is in service elsewhere or unknown. Asked while no lock is held: whoever knows it has locks of its own, under which evidence is noted.</param>
    public static IReadOnlyList<CredentialUse> Of(UseLedger ledger, DateTimeOffset now, Func<string, string, bool> isShared) =>
    [
        .. ledger.Copy(credentialName: null, (credential, uses, _) => (Name: credential.Name, Open: Open(credential, uses, now).ToArray(), Old: Old(credential).ToArray()))
            .SelectMany(credential => credential.Open
                .Concat(credential.Old.Where(old => old.IsInService || isShared(credential.Name, old.Use.VersionId)).Select(static old => old.Use))
                .DistinctBy(static use => (use.VersionId, use.Consumer, use.Caller))),
    ];

    private static IEnumerable<CredentialUse> Open(CredentialRecord credential, List<CredentialUse> uses, DateTimeOffset now) =>
        uses.Where(use => use.Stage is CredentialStage.Previous or CredentialStage.Retired or CredentialStage.Revoked
            && (use.IsUnchecked || use.LostHolds > 0 || credential.Terms.ValidUntil([use]) > now));

    private static IEnumerable<(CredentialUse Use, bool IsInService)> Old(CredentialRecord credential)
    {
        VersionHistory[] histories = [.. credential.Versions.Select(static version => version.History)];
        foreach (var old in histories.Where(static old => old.IsOld))
        {
            var use = new CredentialUse
            {
                CredentialName = credential.Name,
                VersionId = old.VersionId,
                Stage = old.Stage,
                Consumer = credential.Terms.Unnamed ?? string.Empty,
                Uses = 0,
                ResidualInOverlap = 0,
                ResidualRetired = 0,
            };
            yield return (use, SameValue.InService(old, histories) is not null);
        }
    }
}
