using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>One credential, as one instance saw it: built from its events by the rules that the process itself uses.</summary>
public sealed class CredentialEvidence
{
    private readonly Dictionary<(string Version, string Consumer, string? Caller), CredentialUse> _uses = [];
    private readonly OrderedDictionary<string, VersionHistory> _histories = new(StringComparer.Ordinal);

    /// <summary>Who answers for it.</summary>
    public string? Owner { get; private set; }

    /// <summary>What it is for.</summary>
    public string? Purpose { get; private set; }

    /// <summary>What its verdicts are measured by; a quiet period of an hour if the chain does not say.</summary>
    public VerdictTerms Terms { get; private set; } = new(TimeSpan.FromHours(1));

    /// <summary>What became of its versions, in order of first sight.</summary>
    public IReadOnlyList<VersionHistory> Histories => _histories.Values;

    /// <summary>The last count of each version, consumer and caller.</summary>
    public IReadOnlyCollection<CredentialUse> Uses => _uses.Values;

    /// <summary>One version, or <see langword="null"/> if it was never known here.</summary>
    /// <param name="versionId">Its id.</param>
    public VersionHistory? Find(string versionId) => _histories.GetValueOrDefault(versionId);

    internal void Take(EvidenceEvent evidence)
    {
        if (evidence.Kind == EvidenceKind.Described)
        {
            Owner = evidence.Owner;
            Purpose = evidence.Purpose;
            Terms = new VerdictTerms(evidence.QuietPeriod ?? Terms.QuietPeriod)
            {
                ArtifactLifetime = evidence.ArtifactLifetime ?? Terms.ArtifactLifetime,
                Unnamed = evidence.Unnamed ?? Terms.Unnamed,
            };
            return;
        }

        if (evidence.VersionId.Length == 0)
        {
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
