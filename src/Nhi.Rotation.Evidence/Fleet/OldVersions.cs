using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>Which of a credential's versions are old: by the word of an instance that replaced one, or inferred from runs that follow each other.</summary>
internal static class OldVersions
{
    // Of a plain file without a key: each process may call the same value otherwise.
    private const string FingerprintPrefix = "fp-";

    /// <summary>Each old version, in order of its replacement. What is inferred is told to <paramref name="order"/>.</summary>
    public static IReadOnlyList<OldVersion> Find(string credentialName, IReadOnlyList<InstanceEvidence> knowing, VersionOrder order)
    {
        CredentialEvidence[] all = [.. knowing.Select(instance => instance.Credentials[credentialName])];
        OldVersion[] known =
        [
            .. from history in all.SelectMany(credential => credential.Histories)
               where history.IsOld
               group history by history.VersionId into version
               select Merge(version.MinBy(history => history.SupersededAt)!, [.. version]),
        ];
        var ids = known.Select(version => version.Id).ToHashSet(StringComparer.Ordinal);
        VersionHistory[] inferred =
        [
            .. from app in knowing.GroupBy(instance => instance.App, StringComparer.Ordinal)
               from history in Infer(credentialName, [.. app.OrderBy(instance => instance.StartedAt)], order)
               where !ids.Contains(history.VersionId)
               select history,
        ];
        foreach (var history in inferred)
        {
            order.Infer(history.VersionId, history.End.ReplacedBy!);
        }

        return
        [
            .. known.Concat(inferred.GroupBy(history => history.VersionId).Select(version => new OldVersion(version.MinBy(history => history.SupersededAt)!, IsInferred: true, null, null)))
                .OrderBy(version => version.SupersededAt),
        ];
    }

    /// <summary>The version that an instance had at last, or <see langword="null"/>.</summary>
    public static VersionHistory? CurrentOf(CredentialEvidence credential) =>
        credential.Histories.Where(history => history.Stage == CredentialStage.Current).MaxBy(history => history.LastPromotedAt);

    private static OldVersion Merge(VersionHistory first, VersionHistory[] all) => new(
        first,
        IsInferred: false,
        all.Min(history => history.Stage == CredentialStage.Revoked ? history.End.RevokedAt : null),
        all.Select(history => history.End.RetirementProbe).Where(probe => probe?.Verdict == ProbeVerdict.Rejected).MaxBy(probe => probe!.At));

    // Of one app's runs, in order of their starts: what earlier ones had and the last has no more.
    private static IEnumerable<VersionHistory> Infer(string credentialName, InstanceEvidence[] runs, VersionOrder order)
    {
        var currents = runs.Select(run => CurrentOf(run.Credentials[credentialName])).OfType<VersionHistory>().ToArray();
        if (currents.Length < 2)
        {
            yield break;
        }

        var seen = runs.SelectMany(run => run.Credentials[credentialName].Histories).ToLookup(history => history.VersionId, StringComparer.Ordinal);
        var last = currents[^1].VersionId;
        var since = seen[last].Min(history => history.PromotedAt);
        foreach (var earlier in currents.DistinctBy(history => history.VersionId))
        {
            var isBefore = seen[earlier.VersionId].Min(history => history.PromotedAt) < since;
            if (earlier.VersionId != last && isBefore && IsLasting([.. seen[earlier.VersionId]]) && IsLasting([.. seen[last]]) && !order.Newer(last).Contains(earlier.VersionId))
            {
                yield return earlier with { End = VersionEnd.None with { SupersededAt = since, ReplacedBy = last } };
            }
        }
    }

    private static bool IsLasting(VersionHistory[] seen) =>
        seen.Length > 1 || !seen[0].VersionId.StartsWith(FingerprintPrefix, StringComparison.Ordinal);
}
