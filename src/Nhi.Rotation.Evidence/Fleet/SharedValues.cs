using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>Versions that hold one value, by the word of any instance: only the one that saw both could compare them, and it may be over.</summary>
internal sealed class SharedValues(IEnumerable<InstanceEvidence> knowing, IReadOnlyCollection<InstanceEvidence> serving, string credentialName)
{
    private readonly (string One, string Other)[] _same =
    [
        .. from instance in knowing
           from history in instance.Credentials[credentialName].Histories
           where history.SameValueAs is not null
           select (history.VersionId, history.SameValueAs!),
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
}
