using Nhi.Rotation.Time;

namespace Nhi.Rotation.Evidence;

/// <summary>How one version came to its end, as far as it did.</summary>
internal sealed record VersionEnd
{
    private readonly PackedTime _supersededAt;
    private readonly PackedTime _overlapEndsAt;
    private readonly PackedTime _retiredAt;
    private readonly PackedTime _revokedAt;

    /// <summary>Of a version that nothing has replaced.</summary>
    public static VersionEnd None { get; } = new();

    public DateTimeOffset? SupersededAt
    {
        get => _supersededAt.Utc;
        init => _supersededAt = PackedTime.Of(value);
    }

    public string? ReplacedBy { get; init; }

    public DateTimeOffset? OverlapEndsAt
    {
        get => _overlapEndsAt.Utc;
        init => _overlapEndsAt = PackedTime.Of(value);
    }

    public DateTimeOffset? RetiredAt
    {
        get => _retiredAt.Utc;
        init => _retiredAt = PackedTime.Of(value);
    }

    public string? RetiredBecause { get; init; }

    public DateTimeOffset? RevokedAt
    {
        get => _revokedAt.Utc;
        init => _revokedAt = PackedTime.Of(value);
    }

    public string? RevokedBecause { get; init; }

    /// <summary>What the other side said of it after it ended.</summary>
    public ProbeEvidence? RetirementProbe { get; init; }

    /// <summary>Takes evidence in.</summary>
    public VersionEnd Apply(EvidenceEvent evidence) => evidence.Kind switch
    {
        EvidenceKind.Promoted or EvidenceKind.SetBack => Restart() with { SupersededAt = null, OverlapEndsAt = null, ReplacedBy = null },
        EvidenceKind.Superseded => Restart() with
        {
            SupersededAt = SupersededAt ?? evidence.At,
            OverlapEndsAt = evidence.Until ?? OverlapEndsAt,
            ReplacedBy = evidence.OtherId ?? ReplacedBy,
        },
        EvidenceKind.Retired => Over(evidence) with { RetiredAt = evidence.At, RetiredBecause = evidence.Detail },
        EvidenceKind.Revoked => Over(evidence) with { RevokedAt = evidence.At, RevokedBecause = evidence.Detail },
        EvidenceKind.RetirementProbed => this with { RetirementProbe = Weigh(evidence.ToProbe()) },
        _ => this,
    };

    // What came back to life has not ended yet.
    private VersionEnd Restart() => this with { RetiredAt = null, RetiredBecause = null, RetirementProbe = null };

    private VersionEnd Over(EvidenceEvent evidence) => this with { SupersededAt = SupersededAt ?? evidence.At, ReplacedBy = ReplacedBy ?? evidence.OtherId };

    // A clear answer is not undone by a later probe that found nothing out.
    private ProbeEvidence Weigh(ProbeEvidence result) =>
        result.Verdict == ProbeVerdict.Inconclusive && RetirementProbe is { Verdict: not ProbeVerdict.Inconclusive } clear ? clear : result;
}
