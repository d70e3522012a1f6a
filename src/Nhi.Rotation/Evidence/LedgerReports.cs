using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Verdicts;
using Nhi.Rotation.Leases;

namespace Nhi.Rotation.Evidence;

/// <summary>What the ledger tells: uses, inventory, and the verdict on each old version.</summary>
/// <param name="ledger">Everything.</param>
/// <param name="past">Other runs of the app, if they count.</param>
/// <param name="values">Which versions hold one value, if anybody compares them.</param>
internal sealed class LedgerReports(UseLedger ledger, IPast? past, IValueComparison? values = null) : IRotationLedger
{
    /// <inheritdoc/>
    public IReadOnlyList<CredentialUse> GetUses(string? credentialName = null) => [.. ledger.Copy(credentialName, static (_, uses, _) => uses).SelectMany(uses => uses)];

    /// <summary>What keeps old versions from being safe, though no count of uses shows it.</summary>
    public IReadOnlyList<CredentialUse> GetOpen(DateTimeOffset now) => OpenMatters.Of(ledger, now, (credential, version) => values is not null && (!values.IsKnown(credential, version) || values.Elsewhere(credential, version).Count > 0));

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
        if (values is not null)
        {
            entries = entries.ConvertAll(entry => entry with
            {
                Versions = [.. entry.Versions.Select(version => values.All(entry.CredentialName, version.VersionId) is { Count: > 0 } others ? version with { SameValueAs = others } : version)],
                SharedWith =
                [
                    .. entry.Versions.Where(static version => version.Stage is CredentialStage.Pending or CredentialStage.Current or CredentialStage.Previous)
                        .SelectMany(version => values.Elsewhere(entry.CredentialName, version.VersionId)).Distinct(),
                ],
            });
        }

        entries.Sort((a, b) => string.CompareOrdinal(a.CredentialName, b.CredentialName));
        return entries;
    }

    /// <inheritdoc/>
    public IReadOnlyList<RotationEvidence> GetRotations(string? credentialName = null)
    {
        var now = ledger.Sweep();
        var asked = Evidence(credentialName);
        var own = new Lazy<Dictionary<string, CredentialEvidence>>(() => (credentialName is null ? asked : Evidence(credentialName: null)).ToDictionary(StringComparer.Ordinal));
        return
        [
            .. from credential in asked
               from rotation in RotationJudge.Judge(credential.Value.Histories, [.. credential.Value.Uses], credential.Value.Terms, now)
               let twin = rotation.Verdict.Kind is VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked ? Twin(rotation) : null
               let doubt = twin ?? (rotation.Verdict.Kind == VerdictKind.SafeToRevoke ? Doubt(rotation, own, now) : null)
               select doubt is null ? rotation : rotation with { Verdict = doubt },
        ];
    }

    /// <summary>The verdict on an old version that belongs to this process alone, as of the last sweep: what others did does not count.</summary>
    /// <param name="credentialName">The credential.</param>
    /// <param name="versionId">The version.</param>
    /// <param name="endsAt">When it ends by itself.</param>
    /// <returns><see langword="null"/> for a version that is not old.</returns>
    public VerdictKind? GetOwnVerdict(string credentialName, string versionId, DateTimeOffset? endsAt)
    {
        var now = ledger.Sweep();
        foreach (var (_, credential) in Evidence(credentialName))
        {
            if (credential.Histories.FirstOrDefault(history => history.VersionId == versionId) is { SupersededAt: { } replaced })
            {
                var terms = credential.Terms with { QuietPeriod = LeaseRules.QuietPeriod(credential.Terms.QuietPeriod, replaced, endsAt) };
                return RotationJudge.Judge(credential.Histories, [.. credential.Uses], terms, now).FirstOrDefault(rotation => rotation.From == versionId)?.Verdict.Kind;
            }
        }

        return null;
    }

    private static RotationVerdict NotProven(RotationEvidence rotation, string reason) => new() { Kind = VerdictKind.InOverlap, Since = rotation.Old.SupersededAt, Reasons = [reason] };

    // Which other secret is hit, as far as anybody can know.
    private RotationVerdict? Twin(RotationEvidence rotation) =>
        values is null ? null
        : values.Elsewhere(rotation.CredentialName, rotation.From) is [var twin, ..] ? NotProven(rotation, VerdictWords.SameSecret(twin.VersionId, twin.CredentialName))
        : rotation.Verdict.Kind == VerdictKind.SafeToRevoke && !values.IsKnown(rotation.CredentialName, rotation.From) ? NotProven(rotation, VerdictWords.NeverSeen)
        : null;

    private List<KeyValuePair<string, CredentialEvidence>> Evidence(string? credentialName) => ledger.Copy(
        credentialName,
        static (credential, uses, set) => KeyValuePair.Create(
            credential.Name, CredentialEvidence.Of(credential.Versions.Select(version => version.History.Shift(set)), uses, credential.Terms, credential.Formerly)));

    // Nothing speaks against it here, as far as this process goes back.
    private RotationVerdict? Doubt(RotationEvidence rotation, Lazy<Dictionary<string, CredentialEvidence>> own, DateTimeOffset now) =>
        past?.Take() is not { } known ? null
        : known.Gap is { } gap ? NotProven(rotation, gap)
        : known.Runs.Count == 0 ? null
        : OtherRuns.Doubt(rotation, past.Self, own.Value, known.Runs, now);

    // Of those that one sweep stamped, the newest version.
    private static CredentialUse[] Consumers(List<CredentialUse> uses) =>
        [.. uses.Where(use => use.Uses > 0).GroupBy(use => (use.Consumer, use.Caller)).Select(user => user.OrderBy(use => use.LastUse).Last())];
}
