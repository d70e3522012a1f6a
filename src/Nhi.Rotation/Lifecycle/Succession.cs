namespace Nhi.Rotation.Lifecycle;

/// <summary>Who follows whom, and how long the one replaced stays valid.</summary>
internal static class Succession
{
    /// <summary>Makes one version Current; the one it replaces stays valid for the overlap.</summary>
    public static void Switch(Draft draft, VersionState target, string? formerCurrent)
    {
        var old = draft.Current;
        var wasPrevious = target.Stage == CredentialStage.Previous;
        draft.Put(target with { Stage = CredentialStage.Current, OverlapEndsAt = null, PausedUntil = null });
        draft.State = draft.State with
        {
            CurrentId = target.Id,
            SwitchedAt = formerCurrent is null ? null : draft.Now.Elapsed,
            Rejections = 0,
            WorkingPreviousId = null,
        };
        draft.Record(KindOf(draft, target, formerCurrent, wasPrevious), target.Id, formerCurrent);
        if (old is null)
        {
            return;
        }

        var replaced = old with { Stage = CredentialStage.Previous, OverlapEndsAt = draft.Now.Elapsed + draft.Policy.Overlap };
        draft.Put(replaced);
        Ageing.Age(draft, replaced);
    }

    /// <summary>Versions that were never Current here but are older than the one that is: what an instance finds when it starts mid-overlap.</summary>
    public static void PlaceOlder(Draft draft, VersionState version)
    {
        if (version.Stage != CredentialStage.Pending
            || version.Unfit is { IsRefused: true }
            || version.HasValueOf(draft.Current)
            || version.PausedUntil.HasValue
            || version.Label is VersionLabel.Pending or VersionLabel.Current
            || version.NotBefore > draft.Now.Utc
            || draft.Current is not { IsListed: true } current
            || (version.Label != VersionLabel.Previous && !WasPutAside(version, current) && version.CompareAge(current) > 0))
        {
            return;
        }

        // Rejected by its probe: not valid in our eyes. Neither is one that a labelling backend left without a label, unless it was in use.
        if (version.Probe == ProbeVerdict.Rejected || (current.Label == VersionLabel.Current && version.Label == VersionLabel.None && !WasPutAside(version, current)))
        {
            draft.Retire(version, RetireCause.Skipped);
            return;
        }

        var placed = version with { Stage = CredentialStage.Previous, Pauses = 0, OverlapEndsAt = OverlapEnd(draft, current) };
        draft.Put(placed);
        Ageing.Age(draft, placed);
    }

    // It was in use until the other side rejected it, and the backend does not call it current any more: replaced, as if it had not been paused meanwhile.
    private static bool WasPutAside(VersionState version, VersionState current) => version.Pauses > 0 && current.Label == VersionLabel.Current;

    private static FactKind KindOf(Draft draft, VersionState target, string? formerCurrent, bool wasPrevious)
    {
        if (formerCurrent is null || target.HasValueOf(draft.Find(formerCurrent)))
        {
            return FactKind.Loaded;
        }

        return wasPrevious || IsReturn(draft, target) ? FactKind.RolledBack : FactKind.Rotated;
    }

    // Its value was in use before and replaced since.
    private static bool IsReturn(Draft draft, VersionState version) =>
        draft.Versions.Any(other => other.Stage is CredentialStage.Previous or CredentialStage.Retired && other.HasValueOf(version));

    private static TimeSpan OverlapEnd(Draft draft, VersionState current)
    {
        var fullWindow = draft.Now.Elapsed + draft.Policy.Overlap;
        if (draft.State.SwitchedAt is { } switched)
        {
            return switched + draft.Policy.Overlap;
        }

        // We did not see the switch; it cannot have been before the current version existed and was valid.
        if (current.CreatedOn is not { } created)
        {
            return fullWindow;
        }

        var switchedOn = (current.NotBefore > created ? current.NotBefore.Value : created) + draft.Policy.ActivationDelay;
        var estimated = draft.Now.ElapsedAt(switchedOn) + draft.Policy.Overlap;
        return estimated < fullWindow ? estimated : fullWindow;
    }
}
