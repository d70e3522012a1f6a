using Nhi.Rotation.Time;

namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>What became of one version. The process and the reader of evidence files build it from the same events.</summary>
/// <param name="CredentialName">The credential.</param>
/// <param name="VersionId">The version.</param>
public sealed record VersionHistory(string CredentialName, string VersionId)
{
    private readonly PackedTime _createdOn;
    private readonly PackedTime _seenAt;
    private readonly PackedTime _promotedAt;
    private readonly PackedTime _lastPromotedAt;
    private readonly PackedTime _acceptedAt;

    /// <summary>Where it stands.</summary>
    public CredentialStage Stage { get; init; }

    /// <summary>When the backend created it, if it says so.</summary>
    public DateTimeOffset? CreatedOn
    {
        get => _createdOn.Utc;
        init => _createdOn = PackedTime.Of(value);
    }

    /// <summary>When the backend first listed it.</summary>
    public DateTimeOffset? SeenAt
    {
        get => _seenAt.Utc;
        init => _seenAt = PackedTime.Of(value);
    }

    /// <summary>The last result of its probe before promotion.</summary>
    public ProbeEvidence? Probe { get; init; }

    /// <summary>When it first became current.</summary>
    public DateTimeOffset? PromotedAt
    {
        get => _promotedAt.Utc;
        init => _promotedAt = PackedTime.Of(value);
    }

    /// <summary>When it last did: after a fallback or a rollback that is another time.</summary>
    public DateTimeOffset? LastPromotedAt
    {
        get => _lastPromotedAt.Utc;
        init => _lastPromotedAt = PackedTime.Of(value);
    }

    /// <summary>When the other side first accepted it since it last became current: what it took before a fallback or a rollback it may refuse now.</summary>
    public DateTimeOffset? AcceptedAt
    {
        get => _acceptedAt.Utc;
        init => _acceptedAt = PackedTime.Of(value);
    }

    /// <summary>When the other side first answered it since it last became current, and did not refuse it, without showing that it looked at it.</summary>
    public Acceptance? Answer { get; init; }

    /// <summary>Whether it was answered without a refusal, proven or not.</summary>
    internal bool IsAnswered => AcceptedAt is not null || Answer is not null;

    /// <summary>The version whose value it came with, if it was another one's.</summary>
    public string? SameValueAs { get; init; }

    /// <summary>How it ended, as far as it did. Most versions have not.</summary>
    public VersionEnd End { get; init; } = VersionEnd.None;

    /// <summary>When it stopped being current, or was found to be older than the one that is.</summary>
    public DateTimeOffset? SupersededAt => End.SupersededAt;

    /// <summary>The same for whoever asks the ledger.</summary>
    public VersionTimeline Timeline => new()
    {
        CreatedOn = CreatedOn,
        SeenAt = SeenAt,
        Probe = Probe,
        PromotedAt = LastPromotedAt,
        AcceptedAt = AcceptedAt ?? Answer?.At,
        SupersededAt = SupersededAt,
        OverlapEndsAt = End.OverlapEndsAt,
        RetiredAt = End.RetiredAt,
        RetiredBecause = End.RetiredBecause,
        RevokedAt = End.RevokedAt,
        RevokedBecause = End.RevokedBecause,
        RetirementProbe = End.RetirementProbe,
    };

    /// <summary>Whether it is used, or is to be: pending, current or previous.</summary>
    public bool IsInService => Stage is CredentialStage.Pending or CredentialStage.Current or CredentialStage.Previous;

    /// <summary>Whether something else is to be used instead of it.</summary>
    public bool IsOld => Stage is CredentialStage.Previous or CredentialStage.Retired or CredentialStage.Revoked;

    /// <summary>The same by a clock that is ahead of the one that dated it.</summary>
    /// <param name="by">How far.</param>
    public VersionHistory Shift(TimeSpan by) => by == TimeSpan.Zero
        ? this
        : this with
        {
            SeenAt = SeenAt + by,
            Probe = Probe is null ? null : Probe with { At = Probe.At + by },
            PromotedAt = PromotedAt + by,
            LastPromotedAt = LastPromotedAt + by,
            AcceptedAt = AcceptedAt + by,
            Answer = Answer is null ? null : Answer with { At = Answer.At + by },
            End = End.Shift(by),
        };

    /// <summary>Takes evidence in.</summary>
    /// <param name="evidence">One piece, of this version; what says nothing of it changes nothing.</param>
    /// <returns>The history with it.</returns>
    public VersionHistory Apply(EvidenceEvent evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return evidence.Kind switch
        {
            EvidenceKind.Seen => this with { SeenAt = SeenAt ?? evidence.At, CreatedOn = evidence.CreatedOn ?? CreatedOn },
            EvidenceKind.Probed => this with { Probe = evidence.ToProbe() },
            EvidenceKind.SameValue => this with { SameValueAs = evidence.OtherId },
            EvidenceKind.Accepted => this with { AcceptedAt = AcceptedAt ?? evidence.At },
            EvidenceKind.Answered => this with { Answer = Answer ?? new Acceptance(evidence.At, evidence.Detail ?? "an answer") },
            EvidenceKind.RetirementProbed => this with { End = End.Apply(evidence) },
            _ => Move(evidence),
        };
    }

    // What changes where it stands.
    private VersionHistory Move(EvidenceEvent evidence)
    {
        var end = End.Apply(evidence);
        return evidence.Kind switch
        {
            EvidenceKind.Promoted => this with
            {
                Stage = CredentialStage.Current,
                PromotedAt = PromotedAt ?? evidence.At,
                LastPromotedAt = evidence.At,
                AcceptedAt = LastPromotedAt is null ? AcceptedAt : null,
                Answer = LastPromotedAt is null ? Answer : null,
                Probe = Probe?.At < SupersededAt ? null : Probe,
                End = end == VersionEnd.None ? VersionEnd.None : end,
            },
            EvidenceKind.Superseded => this with { Stage = CredentialStage.Previous, End = end },
            EvidenceKind.SetBack => this with { Stage = CredentialStage.Pending, AcceptedAt = null, Answer = null, Probe = null, End = end },
            EvidenceKind.Retired => this with { Stage = CredentialStage.Retired, End = end },
            EvidenceKind.Revoked => this with { Stage = CredentialStage.Revoked, End = end },
            _ => this,
        };
    }
}
