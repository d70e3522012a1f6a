using System.Collections.ObjectModel;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>A version that matters: it carries one of the three labels, or the secret's tag <c>revoked</c> names it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Label">Its label.</param>
/// <param name="RevokedBecause">Why it is compromised, if the tag says so.</param>
/// <param name="IsKept">Whether the service keeps its value; one without any label it may delete at any time.</param>
internal readonly record struct StagedVersion(string Id, VersionLabel Label, string? RevokedBecause, bool IsKept)
{
    private const string Tagged = "the secret's tag 'revoked' names it";

    /// <summary>The versions that matter, oldest stage first. Other versions with none of the three labels are left out: AWS deems them deprecated.</summary>
    public static List<StagedVersion> From(SecretDescription description)
    {
        var revoked = Revoked(description);
        var versions = new List<StagedVersion>();
        foreach (var (id, labels) in description.VersionIdsToStages ?? ReadOnlyDictionary<string, List<string>>.Empty)
        {
            var isRevoked = revoked.Remove(id);
            if (LabelOf(labels) is var label && (label != VersionLabel.None || isRevoked))
            {
                versions.Add(new StagedVersion(id, label, isRevoked ? Tagged : null, IsKept: labels is { Count: > 0 }));
            }
        }

        versions.AddRange(revoked.Select(static id => new StagedVersion(id, VersionLabel.None, Tagged, IsKept: false)));
        versions.Sort(static (a, b) => Age(a.Label).CompareTo(Age(b.Label)));
        return versions;
    }

    // A tag is the whole secret's, so its value names the versions. Blanks are what a tag may have between them.
    private static HashSet<string> Revoked(SecretDescription description) =>
    [
        .. (description.Tags ?? []).Where(static tag => string.Equals(tag.Key, "revoked", StringComparison.OrdinalIgnoreCase))
            .SelectMany(static tag => (tag.Value ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
    ];

    // AWSPENDING stays on the new current version until the next rotation, and on one that was rolled back: the other label says more.
    private static VersionLabel LabelOf(List<string>? labels) =>
        labels is null ? VersionLabel.None
        : labels.Contains("AWSCURRENT") ? VersionLabel.Current
        : labels.Contains("AWSPREVIOUS") ? VersionLabel.Previous
        : labels.Contains("AWSPENDING") ? VersionLabel.Pending
        : VersionLabel.None;

    private static int Age(VersionLabel label) => label switch
    {
        VersionLabel.None => -1,
        VersionLabel.Previous => 0,
        VersionLabel.Current => 1,
        _ => 2,
    };
}
