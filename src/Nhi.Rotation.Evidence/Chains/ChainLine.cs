using System.Text.Json.Serialization;

namespace Nhi.Rotation.Evidence.Chains;

/// <summary>One line of an evidence file without its hash. What a kind does not need is left out.</summary>
internal sealed record ChainLine
{
    /// <summary>The format's version; readers refuse a newer one.</summary>
    public const int CurrentSchema = 2;

    [JsonPropertyOrder(-5)]
    public required long Seq { get; init; }

    [JsonPropertyOrder(-4)]
    public required DateTimeOffset At { get; init; }

    /// <summary>How long the instance had run, by a clock that nobody sets.</summary>
    [JsonPropertyOrder(-4)]
    public double? UpSeconds { get; init; }

    [JsonPropertyOrder(-3)]
    public required string Instance { get; init; }

    [JsonPropertyOrder(-2)]
    public required EvidenceKind Kind { get; init; }

    public int? Schema { get; init; }

    public string? App { get; init; }

    /// <summary>The library's version.</summary>
    public string? Library { get; init; }

    /// <summary>When the instance started, in the first line of each of its files.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Where the instance runs, if that has a lasting name.</summary>
    public string? Place { get; init; }

    /// <summary>Which process it is, in the first line of each file; left out when nothing is known. Since schema 2.</summary>
    public IReadOnlyDictionary<string, string>? Resource { get; init; }

    /// <summary>Which of the instance's files it is, from 1.</summary>
    public int? File { get; init; }

    public string? Credential { get; init; }

    public string? Owner { get; init; }

    public string? Purpose { get; init; }

    public string? Backend { get; init; }

    public string? Location { get; init; }

    public double? QuietSeconds { get; init; }

    public double? ArtifactSeconds { get; init; }

    public string? Unnamed { get; init; }

    /// <summary>Left out when an answer without a refusal is acceptance enough.</summary>
    public bool? RequiresProof { get; init; }

    public IReadOnlyList<string>? Formerly { get; init; }

    public string? Version { get; init; }

    public string? Other { get; init; }

    public DateTimeOffset? CreatedOn { get; init; }

    public DateTimeOffset? ExpiresOn { get; init; }

    public string? ValueTag { get; init; }

    public DateTimeOffset? Until { get; init; }

    public string? By { get; init; }

    public ProbeVerdict? Verdict { get; init; }

    public string? Detail { get; init; }

    public CredentialStage? Stage { get; init; }

    public string? Consumer { get; init; }

    public string? Caller { get; init; }

    public long? Uses { get; init; }

    public long? InOverlap { get; init; }

    public long? AfterEnd { get; init; }

    /// <summary>Uses that go on; left out when there are none.</summary>
    public int? Held { get; init; }

    /// <summary>Uses that went on and were lost; left out when there are none.</summary>
    public int? LostHolds { get; init; }

    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>What is still kept of a version that was replaced; left out when nothing is known to be.</summary>
    public KeptObjects? Kept { get; init; }

    /// <summary>Whether it is not known yet if something is kept; left out otherwise.</summary>
    public bool? Unchecked { get; init; }

    public DateTimeOffset? FirstUse { get; init; }

    public DateTimeOffset? LastUse { get; init; }

    public HuntEvidence? Hunt { get; init; }

    /// <summary>How many pieces of evidence are missing before this line.</summary>
    public long? Missing { get; init; }

    /// <summary>The hash of the line before, also across files; 64 zeros in an instance's very first line.</summary>
    [JsonPropertyOrder(5)]
    public required string Prev { get; init; }

    /// <summary>A line of an event; its place in the chain is the writer's business.</summary>
    public static ChainLine Of(EvidenceEvent evidence, string instance) => evidence.Use is { } use ? Of(use, Facts(evidence, instance)) : Facts(evidence, instance);

    private static ChainLine Of(CredentialUse use, ChainLine line) => line with
    {
        Stage = use.Stage,
        Consumer = use.Consumer,
        Caller = use.Caller,
        Uses = use.Uses,
        InOverlap = use.ResidualInOverlap,
        AfterEnd = use.ResidualRetired,
        Held = use.Held > 0 ? use.Held : null,
        LostHolds = use.LostHolds > 0 ? use.LostHolds : null,
        ValidUntil = use.ValidUntil,
        Kept = use.Kept != KeptObjects.None ? use.Kept : null,
        Unchecked = use.IsUnchecked ? true : null,
        FirstUse = use.FirstUse,
        LastUse = use.LastUse,
    };

    private static ChainLine Facts(EvidenceEvent evidence, string instance) => new()
    {
        Seq = 0,
        At = evidence.At,
        UpSeconds = evidence.Uptime?.TotalSeconds,
        Instance = instance,
        Kind = evidence.Kind,
        Credential = evidence.CredentialName.Length == 0 ? null : evidence.CredentialName,
        Owner = evidence.Owner,
        Purpose = evidence.Purpose,
        Backend = evidence.Backend,
        Location = evidence.Location,
        QuietSeconds = evidence.QuietPeriod?.TotalSeconds,
        ArtifactSeconds = evidence.ArtifactLifetime?.TotalSeconds,
        Unnamed = evidence.Unnamed,
        RequiresProof = evidence.RequiresProof ? true : null,
        Formerly = evidence.Formerly.Count == 0 ? null : evidence.Formerly,
        Version = evidence.VersionId.Length == 0 ? null : evidence.VersionId,
        Other = evidence.OtherId,
        CreatedOn = evidence.CreatedOn,
        ExpiresOn = evidence.ExpiresOn,
        ValueTag = evidence.ValueTag,
        Until = evidence.Until,
        By = evidence.By,
        Verdict = evidence.Verdict,
        Detail = evidence.Detail,
        Hunt = evidence.Hunt,
        Missing = evidence.Missing,
        Prev = string.Empty,
    };

    /// <summary>The event again, or <see langword="null"/> for lines that are about the file and not about a credential.</summary>
    public EvidenceEvent? ToEvent() => Credential is null
        ? null
        : new EvidenceEvent
        {
            Kind = Kind,
            At = At,
            CredentialName = Credential,
            VersionId = Version ?? string.Empty,
            OtherId = Other,
            CreatedOn = CreatedOn,
            ExpiresOn = ExpiresOn,
            Until = Until,
            ValueTag = ValueTag,
            Detail = Detail,
            By = By,
            Verdict = Verdict,
            Owner = Owner,
            Purpose = Purpose,
            Backend = Backend,
            Location = Location,
            ArtifactLifetime = ArtifactSeconds is { } valid ? TimeSpan.FromSeconds(valid) : null,
            Unnamed = Unnamed,
            RequiresProof = RequiresProof ?? false,
            Formerly = Formerly ?? [],
            QuietPeriod = QuietSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Hunt = Hunt,
            Use = ToUse(Credential),
        };

    private CredentialUse? ToUse(string credential) => Consumer is null
        ? null
        : new CredentialUse
        {
            CredentialName = credential,
            VersionId = Version ?? string.Empty,
            Stage = Stage ?? CredentialStage.Pending,
            Consumer = Consumer,
            Caller = Caller,
            Uses = Uses ?? 0,
            ResidualInOverlap = InOverlap ?? 0,
            ResidualRetired = AfterEnd ?? 0,
            Held = Held ?? 0,
            LostHolds = LostHolds ?? 0,
            ValidUntil = ValidUntil,
            Kept = Kept ?? KeptObjects.None,
            IsUnchecked = Unchecked ?? false,
            FirstUse = FirstUse,
            LastUse = LastUse,
        };
}
