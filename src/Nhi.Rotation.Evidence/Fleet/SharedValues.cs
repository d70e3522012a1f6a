using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>
/// Versions that hold one value, by the word of any instance that saw both, and it may be over; or by what tells values from each other, where several instances have one key for that.
/// </summary>
internal sealed class SharedValues(IReadOnlyCollection<InstanceEvidence> knowing, IReadOnlyCollection<InstanceEvidence> serving, string credentialName)
{
    // Of a value, by a key of the store's reader: two ids are two values.
    private const string FingerprintPrefix = "fp-";

    private readonly (string One, string Other)[] _same =
    [
        .. from instance in knowing
           from history in instance.Credentials[credentialName].Histories
           where history.SameValueAs is not null
           select (history.VersionId, history.SameValueAs!),
        .. from instance in knowing
           from tagged in instance.Credentials[credentialName].ValueTags
           group tagged.Key by tagged.Value into same
           from version in same.Skip(1)
           where version != same.First()
           select (version, same.First()),
    ];

    /// <summary>Another version with the value of an old one, in service in a run that goes on or was the last of its app; or <see langword="null"/>.</summary>
    public string? InService(string versionId)
    {
        if (_same.Length == 0)
        {
            return null;
        }

        var all = new HashSet<string>(StringComparer.Ordinal) { versionId };
        while (_same.Any(pair => all.Contains(pair.One) != all.Contains(pair.Other)))
        {
            all.UnionWith(_same.Where(pair => all.Contains(pair.One) || all.Contains(pair.Other)).SelectMany(pair => new[] { pair.One, pair.Other }));
        }

        all.Remove(versionId);
        return serving.SelectMany(instance => instance.Credentials[credentialName].Histories).FirstOrDefault(history => all.Contains(history.VersionId) && history.IsInService)?.VersionId;
    }

    /// <summary>Whether an instance never saw the value of an old version which it knows, and nobody else compared it with what is in service there.</summary>
    public bool IsUncompared(InstanceEvidence instance, string versionId)
    {
        var tags = instance.Credentials.GetValueOrDefault(credentialName)?.ValueTags;
        return tags is { Count: > 0 } && !tags.ContainsKey(versionId) && serving.Contains(instance)
            && instance.Credentials[credentialName].Find(versionId) is not null
            && instance.Credentials[credentialName].Histories.Any(history => history.VersionId != versionId && history.Stage is CredentialStage.Current or CredentialStage.Previous && !IsCompared(history.VersionId, versionId, tags.Values));
    }

    private bool IsCompared(string version, string other, IEnumerable<string> tags) =>
        (version.StartsWith(FingerprintPrefix, StringComparison.Ordinal) && other.StartsWith(FingerprintPrefix, StringComparison.Ordinal))
        || knowing.Any(instance => instance.Credentials[credentialName].ValueTags is var known && known.ContainsKey(other) && (known.ContainsKey(version) || known.Values.Intersect(tags).Any()));
}
