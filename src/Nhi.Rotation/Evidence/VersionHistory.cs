namespace Nhi.Rotation.Evidence;

/// <summary>What became of one version. The process and the reader of evidence files build it from the same events.</summary>
internal sealed record VersionHistory(string CredentialName, string VersionId)
{
    // UTC ticks, 0 for never: a process may hold very many versions.
    private readonly long _createdOn;
    private readonly long _seenAt;
    private readonly long _promotedAt;
    private readonly long _lastPromotedAt;
    private readonly long _acceptedAt;
    private readonly long _supersededAt;
    private readonly long _overlapEndsAt;
    private readonly long _retiredAt;
    private readonly long _revokedAt;

    public CredentialStage Stage { get; init; }

    public DateTimeOffset? CreatedOn
    {
        get => ToMoment(_createdOn);
        init => _createdOn = ToTicks(value);
    }

    public DateTimeOffset? SeenAt
    {
        get => ToMoment(_seenAt);
        init => _seenAt = ToTicks(value);
    }

    public ProbeEvidence? Probe { get; init; }

    /// <summary>When it first became current.</summary>
    public DateTimeOffset? PromotedAt
    {
        get => ToMoment(_promotedAt);
        init => _promotedAt = ToTicks(value);
    }

    /// <summary>When it last did: after a fallback or a rollback that is another time.</summary>
    public DateTimeOffset? LastPromotedAt
    {
        get => ToMoment(_lastPromotedAt);
        init => _lastPromotedAt = ToTicks(value);
    }

    /// <summary>When the other side first accepted it since it last became current: what it took before a fallback or a rollback it may refuse now.</summary>
    public DateTimeOffset? AcceptedAt
    {
        get => ToMoment(_acceptedAt);
        init => _acceptedAt = ToTicks(value);
    }

    /// <summary>When it stopped being current, or was found to be older than the one that is.</summary>
    public DateTimeOffset? SupersededAt
    {
        get => ToMoment(_supersededAt);
        init => _supersededAt = ToTicks(value);
    }

    public string? ReplacedBy { get; init; }

    public DateTimeOffset? OverlapEndsAt
    {
        get => ToMoment(_overlapEndsAt);
        init => _overlapEndsAt = ToTicks(value);
    }

    public DateTimeOffset? RetiredAt
    {
        get => ToMoment(_retiredAt);
        init => _retiredAt = ToTicks(value);
    }

    public string? RetiredBecause { get; init; }

    public DateTimeOffset? RevokedAt
    {
        get => ToMoment(_revokedAt);
        init => _revokedAt = ToTicks(value);
    }

    public string? RevokedBecause { get; init; }

    public ProbeEvidence? RetirementProbe { get; init; }

    public bool IsOld => Stage is CredentialStage.Previous or CredentialStage.Retired or CredentialStage.Revoked;

    public VersionHistory Apply(EvidenceEvent evidence)
    {
        var at = evidence.At;
        return evidence.Kind switch
        {
            EvidenceKind.Seen => this with { SeenAt = SeenAt ?? at, CreatedOn = evidence.CreatedOn ?? CreatedOn },
            EvidenceKind.Probed => this with { Probe = ProbeOf(evidence) },
            EvidenceKind.Promoted => Restart(CredentialStage.Current) with
            {
                PromotedAt = PromotedAt ?? at,
                LastPromotedAt = at,
                SupersededAt = null,
                OverlapEndsAt = null,
                ReplacedBy = null,
                AcceptedAt = LastPromotedAt is null ? AcceptedAt : null,
                Probe = Probe?.At < SupersededAt ? null : Probe,
            },
            EvidenceKind.Accepted => this with { AcceptedAt = AcceptedAt ?? at },
            EvidenceKind.Superseded => Restart(CredentialStage.Previous) with
            {
                SupersededAt = SupersededAt ?? at,
                OverlapEndsAt = evidence.Until ?? OverlapEndsAt,
                ReplacedBy = evidence.OtherId ?? ReplacedBy,
            },
            EvidenceKind.SetBack => Restart(CredentialStage.Pending) with { SupersededAt = null, OverlapEndsAt = null, ReplacedBy = null, AcceptedAt = null, Probe = null },
            EvidenceKind.Retired => this with
            {
                Stage = CredentialStage.Retired,
                RetiredAt = at,
                RetiredBecause = evidence.Detail,
                SupersededAt = SupersededAt ?? at,
                ReplacedBy = ReplacedBy ?? evidence.OtherId,
            },
            EvidenceKind.Revoked => this with
            {
                Stage = CredentialStage.Revoked,
                RevokedAt = at,
                RevokedBecause = evidence.Detail,
                SupersededAt = SupersededAt ?? at,
                ReplacedBy = ReplacedBy ?? evidence.OtherId,
            },
            EvidenceKind.RetirementProbed => this with { RetirementProbe = Weigh(ProbeOf(evidence)) },
            _ => this,
        };
    }

    private static DateTimeOffset? ToMoment(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);

    private static long ToTicks(DateTimeOffset? moment) => moment?.UtcTicks ?? 0;

    private static ProbeEvidence ProbeOf(EvidenceEvent evidence) =>
        new(evidence.By, evidence.Verdict ?? ProbeVerdict.Inconclusive, evidence.Detail, evidence.At);

    // What came back to life has not ended yet.
    private VersionHistory Restart(CredentialStage stage) => this with { Stage = stage, RetiredAt = null, RetiredBecause = null, RetirementProbe = null };

    // A clear answer is not undone by a later probe that found nothing out.
    private ProbeEvidence Weigh(ProbeEvidence result) =>
        result.Verdict == ProbeVerdict.Inconclusive && RetirementProbe is { Verdict: not ProbeVerdict.Inconclusive } clear ? clear : result;
}
