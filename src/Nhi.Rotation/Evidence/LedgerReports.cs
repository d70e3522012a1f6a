using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence;

/// <summary>What the ledger tells: uses, inventory, and the verdict on each old version.</summary>
/// <param name="ledger">Everything.</param>
/// <param name="past">Other runs of the app, if they count.</param>
/// <param name="shared">The versions of other credentials that are in service with the value of a version.</param>
/// <param name="same">All other versions with the value of a version.</param>
internal sealed class LedgerReports(
    UseLedger ledger, IPast? past, Func<string, string, IReadOnlyList<KnownValue>>? shared = null, Func<string, string, IReadOnlyList<KnownValue>>? same = null) : IRotationLedger
{
    /// <inheritdoc/>
    public IReadOnlyList<CredentialUse> GetUses(string? credentialName = null) => [.. ledger.Copy(credentialName, static (_, uses, _) => uses).SelectMany(uses => uses)];

    /// <summary>What keeps old versions from being safe, though no count of uses shows it.</summary>
    public IReadOnlyList<CredentialUse> GetOpen(DateTimeOffset now) => OpenMatters.Of(ledger, now, (credential, version) => shared?.Invoke(credential, version).Count > 0);

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
        if (same is not null)
        {
            entries = entries.ConvertAll(entry => entry with { Versions = [.. entry.Versions.Select(version => same(entry.CredentialName, version.VersionId) is { Count: > 0 } others ? version with { SameValueAs = others } : version)] });
        }

        if (shared is not null)
        {
            entries = entries.ConvertAll(entry => entry with { SharedWith = [.. entry.Versions.Where(static version => version.Stage is CredentialStage.Pending or CredentialStage.Current or CredentialStage.Previous).SelectMany(version => shared(entry.CredentialName, version.VersionId)).Distinct()] });
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
               select rotation.Verdict.Kind is VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked && shared?.Invoke(rotation.CredentialName, rotation.From) is [var twin, ..]
                   ? rotation with { Verdict = Shared(rotation, twin) }
                   : rotation.Verdict.Kind == VerdictKind.SafeToRevoke && Doubt(rotation, own, now) is { } doubt ? rotation with { Verdict = doubt } : rotation,
        ];
    }

    private static RotationVerdict Shared(RotationEvidence rotation, KnownValue twin) => new()
    {
        Kind = VerdictKind.InOverlap,
        Since = rotation.Old.SupersededAt,
        Reasons = [$"Version '{twin.VersionId}' of credential '{twin.CredentialName}' is the same secret and is in service: revoking it hits both."],
    };

    private List<KeyValuePair<string, CredentialEvidence>> Evidence(string? credentialName) => ledger.Copy(
        credentialName,
        static (credential, uses, set) => KeyValuePair.Create(
            credential.Name, CredentialEvidence.Of(credential.Versions.Select(version => version.History.Shift(set)), uses, credential.Terms, credential.Formerly)));

    // Nothing speaks against it here, as far as this process goes back.
    private RotationVerdict? Doubt(RotationEvidence rotation, Lazy<Dictionary<string, CredentialEvidence>> own, DateTimeOffset now) =>
        past?.Take() is not { } known ? null
        : known.Gap is { } gap ? new RotationVerdict { Kind = VerdictKind.InOverlap, Since = rotation.Old.SupersededAt, Reasons = [gap] }
        : known.Runs.Count == 0 ? null
        : OtherRuns.Doubt(rotation, past.Self, own.Value, known.Runs, now);

    // Of those that one sweep stamped, the newest version.
    private static CredentialUse[] Consumers(List<CredentialUse> uses) =>
        [.. uses.Where(use => use.Uses > 0).GroupBy(use => (use.Consumer, use.Caller)).Select(user => user.OrderBy(use => use.LastUse).Last())];
}
