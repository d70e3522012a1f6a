using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence;

/// <summary>What the ledger tells: uses, inventory, and the verdict on each old version.</summary>
internal sealed class LedgerReports(UseLedger ledger, IPast? past) : IRotationLedger
{
    /// <inheritdoc/>
    public IReadOnlyList<CredentialUse> GetUses(string? credentialName = null) => [.. ledger.Copy(credentialName, static (_, uses, _) => uses).SelectMany(uses => uses)];

    /// <inheritdoc/>
    public IReadOnlyList<InventoryEntry> GetInventory()
    {
        ledger.Sweep();
        var entries = ledger.Copy(credentialName: null, static (credential, uses, set) => new InventoryEntry
        {
            CredentialName = credential.Name,
            Owner = credential.Owner,
            Purpose = credential.Purpose,
            Versions = [.. credential.Versions.Select(version => new InventoryVersion(version.VersionId, version.Stage, version.History.Shift(set).Timeline))],
            Consumers = Consumers(uses),
        });
        entries.Sort((a, b) => string.CompareOrdinal(a.CredentialName, b.CredentialName));
        return entries;
    }

    /// <inheritdoc/>
    public IReadOnlyList<RotationEvidence> GetRotations(string? credentialName = null)
    {
        var now = ledger.Sweep();
        var credentials = ledger.Copy(
            credentialName,
            static (credential, uses, set) => (Histories: credential.Versions.Select(version => version.History.Shift(set)).ToArray(), Uses: uses, credential.Terms));
        return
        [
            .. from credential in credentials
               from rotation in RotationJudge.Judge(credential.Histories, credential.Uses, credential.Terms, now)
               select rotation.Verdict.Kind == VerdictKind.SafeToRevoke && Doubt(rotation, credential.Histories, credential.Uses, credential.Terms, now) is { } doubt
                   ? rotation with { Verdict = doubt }
                   : rotation,
        ];
    }

    // Nothing speaks against it here, as far as this process goes back.
    private RotationVerdict? Doubt(RotationEvidence rotation, VersionHistory[] histories, List<CredentialUse> uses, VerdictTerms terms, DateTimeOffset now)
    {
        if (past is null)
        {
            return null;
        }

        var old = histories.First(history => history.VersionId == rotation.From);
        return past.Gap is { } gap
            ? new RotationVerdict { Kind = VerdictKind.InOverlap, Since = rotation.Old.SupersededAt, Reasons = [gap] }
            : EarlierUsers.Doubt(rotation, Successors.Of(old, histories, uses), past.UsesOf(rotation.CredentialName), terms, now);
    }

    // Of those that one sweep stamped, the newest version.
    private static CredentialUse[] Consumers(List<CredentialUse> uses) =>
        [.. uses.Where(use => use.Uses > 0).GroupBy(use => (use.Consumer, use.Caller)).Select(user => user.OrderBy(use => use.LastUse).Last())];
}
