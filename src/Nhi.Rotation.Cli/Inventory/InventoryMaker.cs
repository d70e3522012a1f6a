using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Inventory;

/// <summary>Lists the credentials of a fleet by its evidence. Pure.</summary>
internal static class InventoryMaker
{
    public static IReadOnlyList<CredentialRow> Make(FleetReport report) =>
    [
        .. from instance in report.Instances
           where instance.App != HuntEvidence.App
           from credential in instance.Credentials
           group (Instance: instance, Credential: credential.Value) by credential.Key into same
           orderby same.Key
           select Row(same.Key, [.. same], report),
    ];

    private static CredentialRow Row(string name, (InstanceEvidence Instance, CredentialEvidence Credential)[] all, FleetReport report)
    {
        (InstanceEvidence Instance, CredentialEvidence Credential)[][] services = [.. all.GroupBy(static one => (one.Instance.App, one.Instance.Place)).OrderBy(static one => one.Key.App, StringComparer.Ordinal).Select(static one => one.ToArray())];
        var present = services.SelectMany(Present).ToArray();
        var current = present.Select(static one => CurrentOf(one.Credential)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var births = current.Select(version => Birth(version, all)).ToArray();
        var oldest = births.Length == 0 ? default : births.MinBy(static birth => birth.At);
        DateTimeOffset[] ends = [.. from one in all from end in one.Credential.Expiries where current.Contains(end.Key) select end.Value];
        return new CredentialRow
        {
            Credential = name,
            Owners = Distinct(all.Select(static one => one.Credential.Owner)),
            Purposes = Distinct(all.Select(static one => one.Credential.Purpose)),
            Backends = Distinct(all.Select(static one => one.Credential.Backend)),
            Locations = Distinct(all.Select(static one => one.Credential.Location)),
            Services = [.. services.Select(Service)],
            CurrentSince = oldest.At,
            IsAgeKnown = births.Length > 0 && Array.TrueForAll(births, static birth => birth is { IsKnown: true, At: not null }),
            Age = report.Question.Now - oldest.At,
            // Who started later saw it later.
            LastRotation = all.SelectMany(static one => one.Credential.Histories).GroupBy(static history => history.VersionId, StringComparer.Ordinal).Max(static version => version.Min(static history => history.SupersededAt)),
            ExpiresOn = ends.Length == 0 ? null : ends.Min(),
            // One whose evidence names the backend would name an end as well.
            IsExpiryKnown = present.Length > 0 && current.Count > 0 && Array.TrueForAll(present, static one => one.Credential.Backend is not null),
            LastUse = all.SelectMany(static one => one.Credential.Uses).Max(static use => use.LastUse),
            SharedWith = Distinct(report.SharedSecrets.Where(secret => secret.Any(holder => holder.Credential == name)).SelectMany(static secret => secret).Where(holder => holder.Credential != name).Select(static holder => $"{holder.App}/{holder.Credential}")),
            OldVersions = [.. report.Rotations.Where(rotation => rotation.CredentialName == name && rotation.Kind is not (VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked)).Select(static rotation => $"{rotation.From}: {rotation.Kind}")],
        };
    }

    private static ServiceRow Service((InstanceEvidence Instance, CredentialEvidence Credential)[] all)
    {
        var uses = all.SelectMany(static one => one.Credential.Uses).Where(static use => use.Uses > 0).ToArray();
        return new ServiceRow(
            all[0].Instance.App,
            all[0].Instance.Place,
            Distinct(Present(all).Select(static one => CurrentOf(one.Credential))),
            Distinct(uses.Select(static use => use.Consumer)),
            Distinct(uses.Select(static use => use.Caller)),
            all.Count(static one => !one.Instance.IsClosed),
            uses.Max(static use => use.LastUse));
    }

    // Of a service: what may run, or else what ran last.
    private static IEnumerable<(InstanceEvidence Instance, CredentialEvidence Credential)> Present((InstanceEvidence Instance, CredentialEvidence Credential)[] service) =>
        Array.Exists(service, static one => !one.Instance.IsClosed) ? service.Where(static one => !one.Instance.IsClosed) : [service.MaxBy(static one => one.Instance.StartedAt)];

    private static string? CurrentOf(CredentialEvidence credential) => credential.Histories.LastOrDefault(static history => history.Stage == CredentialStage.Current)?.VersionId;

    // By the word of the store, or of whoever saw it take another one's place.
    private static (DateTimeOffset? At, bool IsKnown) Birth(string version, (InstanceEvidence Instance, CredentialEvidence Credential)[] all)
    {
        var known = all.Select(one => (History: one.Credential.Find(version), HasOther: one.Credential.Histories.Any(history => history.End.ReplacedBy == version))).Where(static one => one.History is not null).ToArray();
        var created = known.Min(static one => one.History!.CreatedOn);
        var seen = known.Min(static one => one.History!.SeenAt ?? one.History.PromotedAt);
        return (created ?? seen, created is not null || known.Any(one => one.HasOther && (one.History!.SeenAt ?? one.History.PromotedAt) == seen));
    }

    private static IReadOnlyList<string> Distinct(IEnumerable<string?> all) => [.. all.Where(static one => !string.IsNullOrWhiteSpace(one)).Select(static one => one!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
