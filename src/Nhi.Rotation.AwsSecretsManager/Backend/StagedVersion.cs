using Amazon.SecretsManager.Model;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>A version that carries at least one of the three labels that matter.</summary>
internal readonly record struct StagedVersion(string Id, VersionLabel Label)
{
    /// <summary>The versions that matter, oldest stage first. Versions with none of the three labels are left out: AWS deems them deprecated.</summary>
    public static List<StagedVersion> From(DescribeSecretResponse description)
    {
        var versions = new List<StagedVersion>();
        foreach (var (id, labels) in description.VersionIdsToStages ?? [])
        {
            if (LabelOf(labels) is not VersionLabel.None and var label)
            {
                versions.Add(new StagedVersion(id, label));
            }
        }

        versions.Sort(static (a, b) => Age(a.Label).CompareTo(Age(b.Label)));
        return versions;
    }

    // AWSPENDING stays on the new current version until the next rotation, and on one that was rolled back: the other label says more.
    private static VersionLabel LabelOf(List<string>? labels) =>
        labels is null ? VersionLabel.None
        : labels.Contains("AWSCURRENT") ? VersionLabel.Current
        : labels.Contains("AWSPREVIOUS") ? VersionLabel.Previous
        : labels.Contains("AWSPENDING") ? VersionLabel.Pending
        : VersionLabel.None;

    private static int Age(VersionLabel label) => label switch
    {
        VersionLabel.Previous => 0,
        VersionLabel.Current => 1,
        _ => 2,
    };
}
