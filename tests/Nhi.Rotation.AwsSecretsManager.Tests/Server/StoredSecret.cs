namespace Nhi.Rotation.AwsSecretsManager.Tests.Server;

/// <summary>One secret and the rules of its labels: each label is on at most one version, and moving AWSCURRENT leaves AWSPREVIOUS behind.</summary>
internal sealed class StoredSecret(string name, string arn, DateTimeOffset createdOn)
{
    public const string Current = "AWSCURRENT";
    public const string Previous = "AWSPREVIOUS";
    public const string Pending = "AWSPENDING";

    public string Name { get; } = name;

    public string Arn { get; } = arn;

    public DateTimeOffset CreatedOn { get; } = createdOn;

    public DateTimeOffset ChangedOn { get; set; } = createdOn;

    public DateTimeOffset? DeletedOn { get; set; }

    public string? Description { get; set; }

    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>Oldest first.</summary>
    public List<StoredVersion> Versions { get; } = [];

    public StoredVersion? Find(string versionId) => Versions.Find(version => version.Id == versionId);

    public StoredVersion? Labelled(string label) => Versions.Find(version => version.Labels.Contains(label));

    public void Attach(string label, StoredVersion version)
    {
        var holder = Labelled(label);
        if (holder == version)
        {
            return;
        }

        holder?.Labels.Remove(label);
        version.Labels.Add(label);
        if (label == Current && holder is not null)
        {
            Attach(Previous, holder);
            version.Labels.Remove(Previous);
        }
    }
}
