using Nhi.Rotation.Time;

namespace Nhi.Rotation.Lifecycle;

/// <summary>What was out of service and comes back: a value, under whatever name, or the version that a process which starts now would choose.</summary>
internal static class Returns
{
    /// <summary>Whether nothing brings a version out of service back.</summary>
    public static bool IsRefused(VersionState version, Instant now, LifecyclePolicy policy) =>
        version.RetiredBecause == RetireCause.Returned || (policy.RefusesOldValues && version.Stage == CredentialStage.Retired && version.OverlapEndsAt <= now.Elapsed);

    /// <summary>Puts versions out of service that came with a value which is out of service, where such values are refused.</summary>
    /// <returns>Whether there was any.</returns>
    public static bool Refuse(Draft draft)
    {
        if (!draft.Policy.RefusesOldValues)
        {
            return false;
        }

        var refused = false;
        foreach (var version in draft.Versions.Where(version => version is { Stage: CredentialStage.Pending, Mark: not null }).ToArray())
        {
            var isInUse = draft.Versions.Exists(other => other.Stage is CredentialStage.Current or CredentialStage.Previous && other.HasValueOf(version));
            if (!isInUse && FormerOf(draft, version) is { } former)
            {
                draft.Retire(version, RetireCause.Returned);
                draft.Record(FactKind.ReturnRefused, version.Id, former.Id);
                refused = true;
            }
        }

        return refused;
    }

    /// <summary>Says that the store calls a version current which is out of service for good.</summary>
    public static void NoteLabel(Draft draft, VersionState known, VersionLabel label)
    {
        if (known.Stage == CredentialStage.Retired && label == VersionLabel.Current && known.Label != label && IsRefused(known, draft.Now, draft.Policy))
        {
            draft.Record(FactKind.ReturnRefused, known.Id, known.Id);
        }
    }

    /// <summary>Brings the version back that a process which starts now would choose from the listing, if its overlap is all that speaks against it: instances decide alike.</summary>
    public static void BringBack(Draft draft)
    {
        if (Selection.FreshChoice(draft) is not { Stage: CredentialStage.Retired } version)
        {
            return;
        }

        if (!version.HasValue)
        {
            draft.Put(version with { WantsValue = true });
            return;
        }

        draft.Put(version with { Stage = CredentialStage.Pending, WantsValue = false, RetiredBecause = RetireCause.None, Proof = null, OverlapEndsAt = null });
        draft.Record(FactKind.Revived, version.Id);
    }

    // Here it was seen to go out of service; or, by the dates of the listing, another value was in its place until its overlap was over.
    private static VersionState? FormerOf(Draft draft, VersionState version) => draft.Versions.Find(former =>
        former.HasValueOf(version)
        && (former is { Stage: CredentialStage.Retired, OverlapEndsAt: not null }
            || (former.CompareAge(version) < 0 && (former.RetiredBecause == RetireCause.Returned || draft.Versions.Exists(between => WasBetween(between, former, version, draft.Policy))))));

    private static bool WasBetween(VersionState between, VersionState former, VersionState version, LifecyclePolicy policy) =>
        between is { Mark: not null, CreatedOn: not null }
        && between.Label != VersionLabel.Pending
        && between.CompareAge(former) > 0
        && between.CompareAge(version) < 0
        && !between.HasValueOf(version)
        && between.CreatedOn + policy.Overlap <= version.CreatedOn;
}
