using Nhi.Rotation.Evidence;

namespace Nhi.Rotation.Cli.Reading;

/// <summary>One credential, as one instance saw it: built from its events by the rules that the process itself uses.</summary>
internal sealed class CredentialEvidence
{
    private readonly Dictionary<(string Version, string Consumer, string? Caller), CredentialUse> _uses = [];
    private readonly OrderedDictionary<string, VersionHistory> _histories = new(StringComparer.Ordinal);

    public string? Owner { get; private set; }

    public string? Purpose { get; private set; }

    public TimeSpan QuietPeriod { get; private set; } = CredentialRecord.DefaultQuietPeriod;

    /// <summary>In order of first sight.</summary>
    public IReadOnlyList<VersionHistory> Histories => _histories.Values;

    public IReadOnlyCollection<CredentialUse> Uses => _uses.Values;

    public VersionHistory? Find(string versionId) => _histories.GetValueOrDefault(versionId);

    public void Take(EvidenceEvent evidence)
    {
        if (evidence.Kind == EvidenceKind.Described)
        {
            Owner = evidence.Owner;
            Purpose = evidence.Purpose;
            QuietPeriod = evidence.QuietPeriod ?? QuietPeriod;
            return;
        }

        if (evidence.Use is { } use)
        {
            _uses[(use.VersionId, use.Consumer, use.Caller)] = use;
        }

        var before = Find(evidence.VersionId) ?? new VersionHistory(evidence.CredentialName, evidence.VersionId);
        _histories[evidence.VersionId] = before.Apply(evidence);
    }
}
