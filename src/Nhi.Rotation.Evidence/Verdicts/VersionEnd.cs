using Nhi.Rotation.Time;

namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>How one version came to its end, as far as it did.</summary>
public sealed record VersionEnd
{
    private readonly PackedTime _supersededAt;
    private readonly PackedTime _overlapEndsAt;
    private readonly PackedTime _retiredAt;
    private readonly PackedTime _revokedAt;

    /// <summary>Of a version that nothing has replaced.</summary>
    public static VersionEnd None { get; } = new();

    /// <summary>When it stopped being current, or was found to be older than the one that is.</summary>
    public DateTimeOffset? SupersededAt
    {
        get => _supersededAt.Utc;
        init => _supersededAt = PackedTime.Of(value);
    }

    /// <summary>What took its place.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>When its overlap window ends or would have ended.</summary>
    public DateTimeOffset? OverlapEndsAt
    {
        get => _overlapEndsAt.Utc;
        init => _overlapEndsAt = PackedTime.Of(value);
    }

    /// <summary>When it retired.</summary>
    public DateTimeOffset? RetiredAt
    {
        get => _retiredAt.Utc;
        init => _retiredAt = PackedTime.Of(value);
    }

    /// <summary>Why it retired.</summary>
    public string? RetiredBecause { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt
    {
        get => _revokedAt.Utc;
        init => _revokedAt = PackedTime.Of(value);
    }

    /// <summary>Why it was revoked.</summary>
    public string? RevokedBecause { get; init; }

    /// <summary>What the other side said of it after it ended.</summary>
    public ProbeEvidence? RetirementProbe { get; init; }

    /// <summary>Takes evidence in.</summary>
    internal VersionEnd Apply(EvidenceEvent evidence) => evidence.Kind switch
    {
        EvidenceKind.Promoted or EvidenceKind.SetBack when ReferenceEquals(this, None) => this,
        EvidenceKind.Promoted or EvidenceKind.SetBack => Restart(supersededAt: null, overlapEndsAt: null, replacedBy: null),
        EvidenceKind.Superseded => Restart(SupersededAt ?? evidence.At, evidence.Until ?? OverlapEndsAt, evidence.OtherId ?? ReplacedBy),
        EvidenceKind.Retired => this with { SupersededAt = SupersededAt ?? evidence.At, ReplacedBy = ReplacedBy ?? evidence.OtherId, RetiredAt = evidence.At, RetiredBecause = evidence.Detail },
        EvidenceKind.Revoked => this with { SupersededAt = SupersededAt ?? evidence.At, ReplacedBy = ReplacedBy ?? evidence.OtherId, RevokedAt = evidence.At, RevokedBecause = evidence.Detail },
        EvidenceKind.RetirementProbed => this with { RetirementProbe = Weigh(evidence.ToProbe()) },
        _ => this,
    };

    internal VersionEnd Shift(TimeSpan by) => this == None
        ? None
        : this with
        {
            SupersededAt = SupersededAt + by,
            OverlapEndsAt = OverlapEndsAt + by,
            RetiredAt = RetiredAt + by,
            RevokedAt = RevokedAt + by,
            RetirementProbe = RetirementProbe is null ? null : RetirementProbe with { At = RetirementProbe.At + by },
        };

    // What came back to life has not ended yet.
    private VersionEnd Restart(DateTimeOffset? supersededAt, DateTimeOffset? overlapEndsAt, string? replacedBy) => this with
    {
        SupersededAt = supersededAt,
        OverlapEndsAt = overlapEndsAt,
        ReplacedBy = replacedBy,
        RetiredAt = null,
        RetiredBecause = null,
        RetirementProbe = null,
    };

    // A clear answer is not undone by a later probe that found nothing out.
    private ProbeEvidence Weigh(ProbeEvidence result) =>
        result.Verdict == ProbeVerdict.Inconclusive && RetirementProbe is { Verdict: not ProbeVerdict.Inconclusive } clear ? clear : result;
}
