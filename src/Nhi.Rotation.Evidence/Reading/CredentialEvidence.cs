using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>One credential, as one instance saw it: built from its events by the rules that the process itself uses.</summary>
public sealed class CredentialEvidence
{
    private readonly Dictionary<(string Version, string Consumer, string? Caller), CredentialUse> _uses = [];
    private readonly OrderedDictionary<string, VersionHistory> _histories = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _tags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _expiries = new(StringComparer.Ordinal);
    private readonly List<EvidenceEvent> _hunts = [];

    /// <summary>Of versions whose value was seen, what tells it from others.</summary>
    public IReadOnlyDictionary<string, string> ValueTags => _tags;

    /// <summary>Where copies of its values were looked for.</summary>
    internal IReadOnlyList<EvidenceEvent> Hunts => _hunts;

    /// <summary>Who answers for it.</summary>
    public string? Owner { get; private set; }

    /// <summary>What it is for.</summary>
    public string? Purpose { get; private set; }

    /// <summary>The type of the backend that holds it, if the chain says so.</summary>
    public string? Backend { get; private set; }

    /// <summary>Where the backend holds it, if the chain says so.</summary>
    public string? Location { get; private set; }

    /// <summary>When versions end by themselves, as far as the backend said so.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Expiries => _expiries;

    /// <summary>What its verdicts are measured by; a quiet period of an hour if the chain does not say.</summary>
    public VerdictTerms Terms { get; private set; } = new(TimeSpan.FromHours(1));

    /// <summary>What it was called before, as the app says.</summary>
    public IReadOnlyList<string> Formerly { get; private set; } = [];

    /// <summary>What became of its versions, in order of first sight.</summary>
    public IReadOnlyList<VersionHistory> Histories => _histories.Values;

    /// <summary>The last count of each version, consumer and caller.</summary>
    public IReadOnlyCollection<CredentialUse> Uses => _uses.Values;

    /// <summary>One version, or <see langword="null"/> if it was never known here.</summary>
    /// <param name="versionId">Its id.</param>
    public VersionHistory? Find(string versionId) => _histories.GetValueOrDefault(versionId);

    /// <summary>What a process that is still there knows of a credential.</summary>
    /// <param name="histories">Its versions, in order of first sight.</param>
    /// <param name="uses">All their uses.</param>
    /// <param name="terms">What its verdicts are measured by.</param>
    /// <param name="formerly">What it was called before.</param>
    public static CredentialEvidence Of(IEnumerable<VersionHistory> histories, IEnumerable<CredentialUse> uses, VerdictTerms terms, IReadOnlyList<string> formerly)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(uses);
        var evidence = new CredentialEvidence { Terms = terms, Formerly = formerly };
        foreach (var history in histories)
        {
            evidence._histories.Add(history.VersionId, history);
        }

        foreach (var use in uses)
        {
            evidence._uses[(use.VersionId, use.Consumer, use.Caller)] = use;
        }

        return evidence;
    }

    /// <summary>The same by a clock that is ahead of the one that dated it.</summary>
    internal void Shift(TimeSpan by)
    {
        foreach (var id in by == TimeSpan.Zero ? [] : _histories.Keys.ToArray())
        {
            _histories[id] = _histories[id].Shift(by);
        }

        foreach (var key in by == TimeSpan.Zero ? [] : _uses.Keys.ToArray())
        {
            _uses[key] = _uses[key] with { FirstUse = _uses[key].FirstUse + by, LastUse = _uses[key].LastUse + by };
        }
    }

    internal void Take(EvidenceEvent evidence)
    {
        if (evidence.Kind == EvidenceKind.Described)
        {
            Describe(evidence);
            return;
        }

        if (evidence.VersionId.Length == 0)
        {
            return;
        }

        if (evidence.Kind == EvidenceKind.Hunted)
        {
            _hunts.Add(evidence);
            return;
        }

        if (evidence.Use is { } use)
        {
            _uses[(use.VersionId, use.Consumer, use.Caller)] = use;
        }

        if (evidence.ValueTag is { } tag)
        {
            _tags[evidence.VersionId] = tag;
        }

        if (evidence.ExpiresOn is { } end)
        {
            _expiries[evidence.VersionId] = end;
        }

        var before = Find(evidence.VersionId) ?? new VersionHistory(evidence.CredentialName, evidence.VersionId);
        _histories[evidence.VersionId] = before.Apply(evidence);
    }

    private void Describe(EvidenceEvent evidence)
    {
        Owner = evidence.Owner;
        Purpose = evidence.Purpose;
        Backend = evidence.Backend ?? Backend;
        Location = evidence.Location ?? Location;
        Terms = new VerdictTerms(evidence.QuietPeriod ?? Terms.QuietPeriod)
        {
            ArtifactLifetime = evidence.ArtifactLifetime ?? Terms.ArtifactLifetime,
            Unnamed = evidence.Unnamed ?? Terms.Unnamed,
            RequiresProof = evidence.RequiresProof,
        };
        Formerly = evidence.Formerly;
    }
}
