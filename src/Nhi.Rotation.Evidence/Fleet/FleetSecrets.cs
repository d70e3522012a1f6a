using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>Secrets that are known by the names of several credentials, by the tags in the evidence. Pure.</summary>
internal sealed class FleetSecrets
{
    private readonly SecretHolder[][] _shared;

    public FleetSecrets(IReadOnlyList<Presence> instances)
    {
        var lastRuns = instances.GroupBy(instance => (instance.Evidence.App, instance.Evidence.Place)).Select(runs => runs.MaxBy(run => run.Evidence.StartedAt)).ToHashSet();
        _shared =
        [
            .. from tagged in instances.SelectMany(instance => Holders(instance, !instance.IsOver || lastRuns.Contains(instance)))
               group tagged.Holder by tagged.Tag into secret
               let holders = secret.GroupBy(holder => holder with { IsInService = false }).Select(same => same.OrderByDescending(holder => holder.IsInService).First()).ToArray()
               where Array.Exists(holders, holder => holder.Credential != holders[0].Credential)
               select holders.OrderBy(holder => holder.App, StringComparer.Ordinal).ThenBy(holder => holder.Credential, StringComparer.Ordinal).ToArray(),
        ];
    }

    /// <summary>Each secret that is in service under the names of two credentials or more.</summary>
    public IEnumerable<IReadOnlyList<SecretHolder>> Shared =>
        from secret in _shared
        let serving = secret.Where(holder => holder.IsInService).ToArray()
        where serving.Select(holder => holder.Credential).Distinct(StringComparer.Ordinal).Count() > 1
        select serving;

    /// <summary>That the value of a version is in service by another credential, in a sentence, or <see langword="null"/>. The app is named where it is not the only one that has the first.</summary>
    public string? Elsewhere(string credential, string version, IReadOnlySet<string> apps) => _shared
        .Where(secret => Array.Exists(secret, holder => holder.Credential == credential && holder.Version == version))
        .SelectMany(secret => secret)
        .Where(holder => holder.IsInService && holder.Credential != credential)
        .Select(holder => VerdictWords.SameSecret(holder.Version, holder.Credential, apps.Count == 1 && apps.Contains(holder.App) ? null : holder.App))
        .FirstOrDefault();

    private static IEnumerable<(string Tag, SecretHolder Holder)> Holders(Presence instance, bool isServing) =>
        from credential in instance.Evidence.Credentials
        from tagged in credential.Value.ValueTags
        let history = credential.Value.Find(tagged.Key)
        select (tagged.Value, new SecretHolder(instance.Evidence.App, credential.Key, tagged.Key, isServing && history is { IsInService: true }));
}
