using System.Globalization;
using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>Where copies of a credential's values were looked for since they were replaced. Pure.</summary>
internal sealed class Hunts(IEnumerable<InstanceEvidence> instances, string credentialName)
{
    private const string AllProcesses = "processes";
    private const string Process = "process ";

    private readonly (InstanceEvidence Instance, EvidenceEvent Event, HuntEvidence Hunt)[] _all =
    [
        .. from instance in instances
           where instance.Credentials.ContainsKey(credentialName)
           from hunted in instance.Credentials[credentialName].Hunts
           where hunted.Hunt is not null
           orderby hunted.At
           select (instance, hunted, hunted.Hunt!),
    ];

    /// <summary>Whether an instance is a search, and no app.</summary>
    public static bool Is(InstanceEvidence instance) => instance.Credentials.Values.Any(static credential => credential.Hunts.Count > 0);

    /// <summary>What is to be said of the searches that found nothing.</summary>
    public IReadOnlyList<string> InVain(OldVersion old) => [.. Since(old).Where(static search => search.Hunt.Found.Count == 0).Select(search => Sentence(search.Event, search.Hunt))];

    /// <summary>Searches that found copies, until the same places were looked into again.</summary>
    public IEnumerable<(InstanceEvidence Instance, DateTimeOffset At, string Reason)> Found(OldVersion old)
    {
        var since = Since(old);
        return from search in since
               where search.Hunt.Found.Count > 0 && !Array.Exists(since, later => later.Event.At > search.Event.At && LooksAgain(later.Hunt, search.Hunt))
               select (search.Instance, search.Event.At, Sentence(search.Event, search.Hunt));
    }

    private static string Sentence(EvidenceEvent hunted, HuntEvidence hunt)
    {
        var copies = hunt.Found.Count == 0 ? "nowhere" : string.Join(", ", hunt.Found.OrderBy(static found => found.Key, StringComparer.Ordinal).Select(static found => string.Create(CultureInfo.InvariantCulture, $"in {found.Key} ({found.Value})")));
        var missed = hunt.NotSeen == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {hunt.NotSeen} could not be looked into");
        return string.Create(CultureInfo.InvariantCulture, $"A hunt on {hunt.Host} at {VerdictWords.Time(hunted.At)} found it {copies} ({string.Join(", ", hunt.Scope)}: {hunt.Processes} processes, {hunt.Files} files{missed}).");
    }

    // All places of the one before, and each of them.
    private static bool LooksAgain(HuntEvidence later, HuntEvidence before) =>
        later.Host == before.Host && later.NotSeen == 0 && before.Scope.All(place => later.Scope.Any(wider => Covers(wider, place)));

    private static bool Covers(string wider, string place) =>
        wider == place || (wider == AllProcesses ? place.StartsWith(Process, StringComparison.Ordinal) : place.StartsWith(wider.TrimEnd('/') + "/", StringComparison.Ordinal));

    private (InstanceEvidence Instance, EvidenceEvent Event, HuntEvidence Hunt)[] Since(OldVersion old) =>
        Array.FindAll(_all, search => search.Event.VersionId == old.Id && search.Event.At > old.SupersededAt);
}
