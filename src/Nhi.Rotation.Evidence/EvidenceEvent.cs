using Nhi.Rotation.Time;

namespace Nhi.Rotation.Evidence;

/// <summary>One piece of evidence: of a credential, of one of its versions, or of the instance that writes. Never a value.</summary>
public sealed record EvidenceEvent
{
    private readonly PackedTime _createdOn;
    private readonly PackedTime _expiresOn;
    private readonly PackedTime _until;
    private readonly PackedTime _quietPeriod;
    private readonly PackedTime _uptime;

    /// <summary>What it says.</summary>
    public required EvidenceKind Kind { get; init; }

    /// <summary>When, by the instance's own clock; UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long the instance had run then, by a clock that nobody sets.</summary>
    public TimeSpan? Uptime
    {
        get => _uptime.Span;
        init => _uptime = PackedTime.Of(value);
    }

    /// <summary>The credential; empty for what is about the instance.</summary>
    public string CredentialName { get; init; } = string.Empty;

    /// <summary>The version; empty for what is about the whole credential.</summary>
    public string VersionId { get; init; } = string.Empty;

    /// <summary>The version that took its place, or whose place it took.</summary>
    public string? OtherId { get; init; }

    /// <summary>When the backend created the version, if it says so.</summary>
    public DateTimeOffset? CreatedOn
    {
        get => _createdOn.Utc;
        init => _createdOn = PackedTime.Of(value);
    }

    /// <summary>When the version ends by itself, if the backend says so; UTC.</summary>
    public DateTimeOffset? ExpiresOn
    {
        get => _expiresOn.Utc;
        init => _expiresOn = PackedTime.Of(value);
    }

    /// <summary>When the overlap window of a version that was replaced ends.</summary>
    public DateTimeOffset? Until
    {
        get => _until.Utc;
        init => _until = PackedTime.Of(value);
    }

    /// <summary>Equal for equal values, by the word of whoever has the same key; tells nothing else of the value.</summary>
    public string? ValueTag { get; init; }

    /// <summary>Why, for people.</summary>
    public string? Detail { get; init; }

    /// <summary>The probe that said so.</summary>
    public string? By { get; init; }

    /// <summary>What the probe said.</summary>
    public ProbeVerdict? Verdict { get; init; }

    /// <summary>All uses by one consumer or caller so far.</summary>
    public CredentialUse? Use { get; init; }

    /// <summary>Who answers for the credential.</summary>
    public string? Owner { get; init; }

    /// <summary>What the credential is for.</summary>
    public string? Purpose { get; init; }

    /// <summary>The type of the backend that holds the credential.</summary>
    public string? Backend { get; init; }

    /// <summary>Where the backend holds it, as its errors say it.</summary>
    public string? Location { get; init; }

    /// <summary>How long nobody may have used an old version of the credential.</summary>
    public TimeSpan? QuietPeriod
    {
        get => _quietPeriod.Span;
        init => _quietPeriod = PackedTime.Of(value);
    }

    /// <summary>How long what is made with a version of the credential stays valid, if it outlives its request.</summary>
    public TimeSpan? ArtifactLifetime { get; init; }

    /// <summary>The consumer of all who did not say who they are.</summary>
    public string? Unnamed { get; init; }

    /// <summary>Whether only what proves a version counts as its acceptance.</summary>
    public bool RequiresProof { get; init; }

    /// <summary>What the credential was called before.</summary>
    public IReadOnlyList<string> Formerly { get; init; } = [];

    /// <summary>What a search for copies of the version's value found. It began at <see cref="At"/>.</summary>
    public HuntEvidence? Hunt { get; init; }

    /// <summary>How many pieces of evidence were lost before this one.</summary>
    public long? Missing { get; init; }

    /// <summary>The same by a clock that is ahead of the one that dated it.</summary>
    /// <param name="by">How far.</param>
    public EvidenceEvent Shift(TimeSpan by) => by == TimeSpan.Zero
        ? this
        : this with
        {
            At = At + by,
            Until = Until + by,
            Use = Use is { } use ? use with { FirstUse = use.FirstUse + by, LastUse = use.LastUse + by } : null,
        };

    /// <summary>The result of a probe that it tells of.</summary>
    internal ProbeEvidence ToProbe() => new(By, Verdict ?? ProbeVerdict.Inconclusive, Detail, At);
}
