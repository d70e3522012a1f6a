namespace Nhi.Rotation.Lifecycle;

/// <summary>Which version should be Current.</summary>
internal static class Selection
{
    /// <summary>The version to be Current: the one in use, if the best one holds the same value; or <see langword="null"/> when nothing can be presented.</summary>
    public static VersionState? Target(Draft draft)
    {
        var incumbent = draft.Current is { } current && current.IsUsable(draft.Now) ? current : null;
        return Best(draft, incumbent) is { } best && !best.HasValueOf(incumbent) ? best : incumbent;
    }

    /// <summary>Whether it is waiting for nothing but its probe.</summary>
    public static bool NeedsProbe(VersionState version, Draft draft)
    {
        var incumbent = draft.Current;
        return draft.Policy.RequiresProbe
            && version.Stage == CredentialStage.Pending
            && version.Probe != ProbeVerdict.Accepted
            && version.ProbeDueAt <= draft.Now.Elapsed
            && version.IsUsable(draft.Now)
            && !version.HasValueOf(incumbent)
            && HasCome(version, draft, incumbent)
            && (Labelled(draft) is { } labelled ? labelled == version || incumbent is null : incumbent is null || version.CompareAge(incumbent) > 0);
    }

    private static VersionState? Best(Draft draft, VersionState? incumbent)
    {
        var labelled = Labelled(draft);
        if (labelled is not null && IsReady(labelled, draft, incumbent))
        {
            return labelled;
        }

        // Where the backend names its current version, no other is promoted; what is in use stays.
        var newest = labelled is null || incumbent is null ? Newest(draft, incumbent, labelled) : null;
        return newest ?? incumbent;
    }

    private static VersionState? Labelled(Draft draft)
    {
        foreach (var version in draft.Versions)
        {
            if (version is { Label: VersionLabel.Current, IsListed: true } && version.Stage != CredentialStage.Revoked)
            {
                return version;
            }
        }

        return null;
    }

    private static VersionState? Newest(Draft draft, VersionState? incumbent, VersionState? labelled)
    {
        VersionState? best = null;
        foreach (var version in draft.Versions)
        {
            if (version.IsListed && IsCandidate(version, incumbent, labelled) && IsReady(version, draft, incumbent) && (best is null || IsBetter(version, best)))
            {
                best = version;
            }
        }

        return best;
    }

    // The backend's labels are its word: "previous" only stands in for a current one that is gone, and so does nothing that is merely staged.
    private static bool IsCandidate(VersionState version, VersionState? incumbent, VersionState? labelled) =>
        version.Label == VersionLabel.Previous
            ? incumbent is null || version == incumbent
            : labelled is null || version.Stage != CredentialStage.Pending;

    // A version that the other side kept rejecting comes last, however new it is.
    private static bool IsBetter(VersionState version, VersionState best) =>
        version.PausedUntil.HasValue != best.PausedUntil.HasValue ? best.PausedUntil.HasValue : version.CompareAge(best) > 0;

    private static bool IsReady(VersionState version, Draft draft, VersionState? incumbent)
    {
        if (!version.IsUsable(draft.Now))
        {
            return false;
        }

        return version.Stage != CredentialStage.Pending
            || (HasCome(version, draft, incumbent) && IsProven(version, draft, incumbent));
    }

    // With nothing else to present there is nothing to protect by waiting: only the backend's own date counts.
    private static bool HasCome(VersionState version, Draft draft, VersionState? incumbent)
    {
        if (incumbent is null)
        {
            return version.NotBefore is not { } start || start <= draft.Now.Utc;
        }

        return (version.NotBefore is not { } from || from + draft.Policy.ClockSkew <= draft.Now.Utc)
            && version.SeenAt + draft.Policy.ActivationDelay <= draft.Now.Elapsed
            && version.PausedUntil is null;
    }

    private static bool IsProven(VersionState version, Draft draft, VersionState? incumbent) =>
        !draft.Policy.RequiresProbe
        || version.HasValueOf(incumbent)
        || version.Probe == ProbeVerdict.Accepted
        || (incumbent is null && version.Probe == ProbeVerdict.Inconclusive);
}
