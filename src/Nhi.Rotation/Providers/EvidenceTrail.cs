using System.Collections.Immutable;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Time;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>Turns a step of the lifecycle into evidence: what was seen and probed from its facts, what became of each version from its stage.</summary>
internal static class EvidenceTrail
{
    /// <summary>Records one step, after the shelf has taken it in.</summary>
    public static void Record(UseLedger ledger, VersionShelf shelf, CredentialState before, ImmutableArray<LifecycleFact> facts, Instant now, string? probe, BackendListing? listing = null, Func<ReadOnlyMemory<byte>, string>? tag = null)
    {
        var tagOf = listing is null || tag is null ? null : TagsOf(listing, tag);
        foreach (var fact in facts)
        {
            if (KindOf(fact.Kind) is { } kind && shelf.Find(fact.VersionId) is { } version)
            {
                ledger.Note(version, new EvidenceEvent
                {
                    Kind = kind,
                    At = now.Utc,
                    CredentialName = version.CredentialName,
                    VersionId = version.VersionId,
                    CreatedOn = kind == EvidenceKind.Seen ? version.State.CreatedOn : null,
                    ExpiresOn = kind == EvidenceKind.Seen ? version.State.ExpiresOn : null,
                    ValueTag = kind == EvidenceKind.Seen ? tagOf?.Invoke(version.VersionId) : null,
                    OtherId = fact.OtherId,
                    By = kind is EvidenceKind.Seen or EvidenceKind.SameValue ? null : probe,
                    Verdict = VerdictOf(fact.Kind),
                    Detail = fact.Detail,
                });
            }
        }

        RecordStages(ledger, shelf, before, facts, now, tagOf);
    }

    // In a method of its own: most steps have nothing to tag, and pay for no closure.
    private static Func<string, string?> TagsOf(BackendListing listing, Func<ReadOnlyMemory<byte>, string> tag) => id =>
    {
        for (var i = 0; i < listing.Versions.Count; i++)
        {
            if (listing.Versions[i] is { Value: { } value } version && version.Id == id)
            {
                return tag(SecretBytes.Of(value));
            }
        }

        return null;
    };

    private static void RecordStages(UseLedger ledger, VersionShelf shelf, CredentialState before, ImmutableArray<LifecycleFact> facts, Instant now, Func<string, string?>? tagOf)
    {
        foreach (var version in shelf.Versions)
        {
            RecordValue(ledger, version, before, now, tagOf);
            var stage = version.State.Stage;
            if ((before.Find(version.VersionId)?.Stage ?? CredentialStage.Pending) != stage)
            {
                ledger.Note(version, new EvidenceEvent
                {
                    Kind = KindOf(stage),
                    At = now.Utc,
                    CredentialName = version.CredentialName,
                    VersionId = version.VersionId,
                    OtherId = stage == CredentialStage.Current ? before.CurrentId : shelf.State.CurrentId,
                    Until = stage == CredentialStage.Previous ? now.UtcAt(version.State.OverlapEndsAt) : null,
                    Detail = stage is CredentialStage.Retired or CredentialStage.Revoked ? Why(facts, version.VersionId) : null,
                });
            }
        }
    }

    public static EvidenceEvent Event(EvidenceKind kind, VersionRecord version, DateTimeOffset now) =>
        new() { Kind = kind, At = now, CredentialName = version.CredentialName, VersionId = version.VersionId };

    // Listed first without its value, which came now.
    private static void RecordValue(UseLedger ledger, LiveVersion version, CredentialState before, Instant now, Func<string, string?>? tagOf)
    {
        if (tagOf is not null && version.State.Mark is not null && before.Find(version.VersionId) is { Mark: null } && tagOf(version.VersionId) is { } tag)
        {
            ledger.Note(version, Event(EvidenceKind.Seen, version, now.Utc) with { CreatedOn = version.State.CreatedOn, ValueTag = tag });
        }
    }

    /// <summary>Records when versions end, where the store says something else of it than before.</summary>
    public static void RecordExpiries(UseLedger ledger, VersionShelf shelf, CredentialState before, Instant now)
    {
        foreach (var version in shelf.Versions)
        {
            if (version.State.ExpiresOn is { } end && before.Find(version.VersionId) is { } known && known.ExpiresOn != end)
            {
                ledger.Note(version, Event(EvidenceKind.Seen, version, now.Utc) with { CreatedOn = version.State.CreatedOn, ExpiresOn = end });
            }
        }
    }

    private static string? Why(ImmutableArray<LifecycleFact> facts, string versionId) =>
        facts.LastOrDefault(fact => fact.VersionId == versionId && fact.Kind is FactKind.Retired or FactKind.Revoked).Detail;

    private static EvidenceKind? KindOf(FactKind fact) => fact switch
    {
        FactKind.Seen => EvidenceKind.Seen,
        FactKind.SameValue => EvidenceKind.SameValue,
        FactKind.ProbeAccepted or FactKind.ProbeRejected or FactKind.ProbeInconclusive => EvidenceKind.Probed,
        FactKind.RetirementProven or FactKind.RetirementViolated or FactKind.RetirementInconclusive => EvidenceKind.RetirementProbed,
        _ => null,
    };

    private static ProbeVerdict? VerdictOf(FactKind fact) => fact switch
    {
        FactKind.ProbeAccepted or FactKind.RetirementViolated => ProbeVerdict.Accepted,
        FactKind.ProbeRejected or FactKind.RetirementProven => ProbeVerdict.Rejected,
        FactKind.ProbeInconclusive or FactKind.RetirementInconclusive => ProbeVerdict.Inconclusive,
        _ => null,
    };

    private static EvidenceKind KindOf(CredentialStage stage) => stage switch
    {
        CredentialStage.Pending => EvidenceKind.SetBack,
        CredentialStage.Current => EvidenceKind.Promoted,
        CredentialStage.Previous => EvidenceKind.Superseded,
        CredentialStage.Retired => EvidenceKind.Retired,
        _ => EvidenceKind.Revoked,
    };
}
