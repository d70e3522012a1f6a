using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>How one credential's versions follow each other over all instances. Each instance's times are compared with its own only: clocks differ.</summary>
internal sealed class VersionOrder
{
    private readonly IReadOnlyList<CredentialEvidence> _all;
    private readonly Dictionary<string, string> _inferred = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _parents = new(StringComparer.Ordinal);

    public VersionOrder(IReadOnlyList<CredentialEvidence> all)
    {
        _all = all;
        foreach (var histories in all.Select(credential => credential.Histories).Where(histories => histories.Count > 0))
        {
            foreach (var history in histories)
            {
                _parents[Root(history.VersionId)] = Root(histories[0].VersionId);
            }
        }
    }

    /// <summary>One version came after another, though nobody lived through the change.</summary>
    public void Infer(string older, string newer)
    {
        _inferred[older] = newer;
        _parents.TryAdd(older, older);
        _parents[Root(older)] = Root(newer);
    }

    /// <summary>Whether the instance calls versions by the same ids, directly or through others that know ids of both: only then its not knowing a version says something.</summary>
    public bool IsComparable(CredentialEvidence credential, string versionId) =>
        credential.Histories.Count > 0 && Root(credential.Histories[0].VersionId) == Root(versionId);

    /// <summary>The ids of all versions that came after an old one, also where nobody knows both.</summary>
    public HashSet<string> Newer(string versionId)
    {
        var newer = SuccessorsOf(versionId);
        var direct = newer.ToHashSet(StringComparer.Ordinal);
        for (var open = new Queue<string>(newer); open.TryDequeue(out var id);)
        {
            foreach (var next in SuccessorsOf(id).Where(next => next != versionId && (direct.Contains(next) || !IsOlder(next, versionId)) && newer.Add(next)))
            {
                open.Enqueue(next);
            }
        }

        return newer;
    }

    private HashSet<string> SuccessorsOf(string versionId) =>
    [
        .. from credential in _all
           let old = credential.Find(versionId)
           where old is { IsOld: true }
           from newer in Successors.Of(old, credential.Histories, []).Versions
           select newer.VersionId,
        .. _inferred.TryGetValue(versionId, out var inferred) ? [inferred] : Array.Empty<string>(),
    ];

    private bool IsOlder(string versionId, string than) =>
        _all.Any(credential => credential.Find(versionId)?.LastPromotedAt < credential.Find(than)?.LastPromotedAt);

    private string Root(string versionId)
    {
        var root = versionId;
        while (_parents.GetValueOrDefault(root, root) is var parent && parent != root)
        {
            root = parent;
        }

        return _parents[versionId] = root;
    }
}
