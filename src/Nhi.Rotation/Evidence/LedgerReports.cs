namespace Nhi.Rotation.Evidence;

/// <summary>What the ledger tells: uses, inventory, and the verdict on each old version.</summary>
internal sealed class LedgerReports(UseLedger ledger) : IRotationLedger
{
    /// <inheritdoc/>
    public IReadOnlyList<CredentialUse> GetUses(string? credentialName = null) => [.. ledger.Copy(credentialName, static (_, uses) => uses).SelectMany(uses => uses)];

    /// <inheritdoc/>
    public IReadOnlyList<InventoryEntry> GetInventory()
    {
        ledger.Sweep();
        var entries = ledger.Copy(credentialName: null, static (credential, uses) => new InventoryEntry
        {
            CredentialName = credential.Name,
            Owner = credential.Owner,
            Purpose = credential.Purpose,
            Versions = [.. credential.Versions.Select(Entry)],
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
            static (credential, uses) => (Histories: credential.Versions.Select(version => version.History).ToArray(), Uses: uses, credential.QuietPeriod));
        return [.. credentials.SelectMany(credential => RotationReport.Of(credential.Histories, credential.Uses, credential.QuietPeriod, now))];
    }

    private static InventoryConsumer[] Consumers(List<CredentialUse> uses) =>
    [
        .. from use in uses
           where use.Uses > 0
           group use by (use.Consumer, use.Caller) into user
           let last = user.OrderBy(use => use.LastUse).Last() // Of those that one sweep stamped, the newest version.
           select new InventoryConsumer(user.Key.Consumer, user.Key.Caller, last.VersionId, last.LastUse, user.Sum(use => use.Uses)),
    ];

    private static InventoryVersion Entry(VersionRecord version)
    {
        var history = version.History;
        return new InventoryVersion(version.VersionId, version.Stage, version.CreatedOn)
        {
            SeenAt = history.SeenAt,
            PromotedAt = history.LastPromotedAt,
            SupersededAt = history.SupersededAt,
            OverlapEndsAt = history.End.OverlapEndsAt,
            RetiredAt = history.End.RetiredAt,
            RevokedAt = history.End.RevokedAt,
        };
    }
}
