using Nhi.Rotation.Time;

namespace Nhi.Rotation.Lifecycle;

/// <summary>What is known of one version.</summary>
internal sealed record VersionState
{
    private readonly PackedTime _createdOn;
    private readonly PackedTime _notBefore;
    private readonly PackedTime _expiresOn;
    private readonly PackedTime _overlapEndsAt;
    private readonly PackedTime _seenUtc;
    private readonly ValueMark _mark;
    private readonly byte _stage;
    private readonly byte _label;
    private readonly byte _retiredBecause;
    private readonly Trials _trials = Trials.None;

    public required string Id { get; init; }

    public CredentialStage Stage
    {
        get => (CredentialStage)_stage;
        init => _stage = (byte)value;
    }

    public VersionLabel Label
    {
        get => (VersionLabel)_label;
        init => _label = (byte)value;
    }

    public bool IsEnabled { get; init; } = true;

    /// <summary>False once a complete listing no longer has it.</summary>
    public bool IsListed { get; init; } = true;

    /// <summary>Whether the last listing had it. One that could only show some may not have had one that is listed still.</summary>
    public bool IsShown { get; init; } = true;

    /// <summary>Its date of expiry is information only.</summary>
    public bool OutlivesExpiry { get; init; }

    /// <summary>Whether its value is at hand for presenting. One out of service has none while another version is current, a revoked one never.</summary>
    public bool HasValue { get; init; }

    /// <summary>The backend's word would bring it back into service, once its value is at hand again.</summary>
    public bool WantsValue { get; init; }

    /// <summary>What tells its value from others, also after the value is gone; <see langword="null"/> while it is not known.</summary>
    public ValueMark? Mark
    {
        get => _mark == default ? null : _mark;
        init => _mark = value.GetValueOrDefault();
    }

    /// <summary>Why its value is no secret, if it is none; such a value is never accepted, and one that is refused is not at hand either.</summary>
    public Unfit? Unfit { get; init; }

    public DateTimeOffset? CreatedOn
    {
        get => _createdOn.Utc;
        init => _createdOn = PackedTime.Of(value);
    }

    public DateTimeOffset? NotBefore
    {
        get => _notBefore.Utc;
        init => _notBefore = PackedTime.Of(value);
    }

    public DateTimeOffset? ExpiresOn
    {
        get => _expiresOn.Utc;
        init => _expiresOn = PackedTime.Of(value);
    }

    /// <summary>Stands in for a missing creation time: first sight, and never before a version that was seen earlier.</summary>
    public DateTimeOffset SeenUtc
    {
        get => _seenUtc.Utc.GetValueOrDefault();
        init => _seenUtc = PackedTime.Of(value);
    }

    public DateTimeOffset DatedAs => CreatedOn ?? SeenUtc;

    public TimeSpan SeenAt { get; init; }

    /// <summary>Its place among the versions by age; larger is newer. From the dates and the order of the last listing that had it, so that whoever reads that listing orders alike.</summary>
    public int Order { get; init; }

    /// <summary>When its overlap window ends; set when it is replaced, kept when it retires early.</summary>
    public TimeSpan? OverlapEndsAt
    {
        get => _overlapEndsAt.Span;
        init => _overlapEndsAt = PackedTime.Of(value);
    }

    public RetireCause RetiredBecause
    {
        get => (RetireCause)_retiredBecause;
        init => _retiredBecause = (byte)value;
    }

    /// <summary>Put aside until then after the other side kept rejecting it.</summary>
    public TimeSpan? PausedUntil
    {
        get => _trials.PausedUntil;
        init => _trials = value == PausedUntil ? _trials : Trials.Of(_trials with { PausedUntil = value });
    }

    /// <summary>How often it was paused in a row; doubles the next pause.</summary>
    public int Pauses
    {
        get => _trials.Pauses;
        init => _trials = value == Pauses ? _trials : Trials.Of(_trials with { Pauses = value });
    }

    public ProbeVerdict? Probe
    {
        get => _trials.Probe;
        init => _trials = value == Probe ? _trials : Trials.Of(_trials with { Probe = value });
    }

    public TimeSpan ProbeDueAt
    {
        get => _trials.ProbeDueAt;
        init => _trials = value == ProbeDueAt ? _trials : Trials.Of(_trials with { ProbeDueAt = value });
    }

    public int ProbeAttempts
    {
        get => _trials.ProbeAttempts;
        init => _trials = value == ProbeAttempts ? _trials : Trials.Of(_trials with { ProbeAttempts = value });
    }

    /// <summary>Whether the other side refuses it, once it is out of service; <see langword="null"/> where that is not asked.</summary>
    public RetirementProof? Proof { get; init; }

    /// <summary>Neither retired nor revoked.</summary>
    public bool IsInService => Stage is CredentialStage.Pending or CredentialStage.Current or CredentialStage.Previous;

    /// <summary>Whether anything still needs the value: presenting, or the proof that it is refused.</summary>
    public bool NeedsValue => HasValue || Proof is { IsOpen: true };

    public bool IsExpired(Instant now) => !OutlivesExpiry && ExpiresOn <= now.Utc;

    /// <summary>Neither retired nor revoked, and nothing the backend says forbids presenting it.</summary>
    public bool IsUsable(Instant now) =>
        IsInService && HasValue && IsEnabled && Label != VersionLabel.Pending && !IsExpired(now);

    /// <summary>Whether it is another version that holds the same value.</summary>
    public bool HasValueOf(VersionState? other) => other is not null && other.Id != Id && Mark is { } mark && mark == other.Mark;

    /// <summary>Positive if this one is newer.</summary>
    public int CompareAge(VersionState other) => Order.CompareTo(other.Order);
}
