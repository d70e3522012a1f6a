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

    /// <summary>
    /// The version that a process which starts now would choose from what the store shows, as far as the listing tells and nobody refused it. Here it may be out of service, because its overlap is over.
    /// </summary>
    public static VersionState? FreshChoice(Draft draft)
    {
        var labelled = Labelled(draft);
        if (labelled is { IsShown: false })
        {
            // A listing that could only show others takes no label back.
            return null;
        }

        if (labelled is not null && IsOffered(labelled, draft))
        {
            return labelled;
        }

        VersionState? best = null;
        foreach (var version in draft.Versions)
        {
            if (IsOffered(version, draft) && (labelled is null || version.Label == VersionLabel.Previous) && (best is null || IsBetter(version, best)))
            {
                best = version;
            }
        }

        return best;
    }

    private static bool IsOffered(VersionState version, Draft draft) =>
        version is { IsShown: true, IsListed: true, IsEnabled: true, PausedUntil: null, Unfit: not { IsRefused: true } }
        && version.Label != VersionLabel.Pending
        && version.Probe != ProbeVerdict.Rejected
        && !version.IsExpired(draft.Now)
        && !(version.NotBefore > draft.Now.Utc)
        && !Returns.IsRefused(version, draft.Now, draft.Policy)
        && version.Stage switch
        {
            CredentialStage.Revoked => false,
            CredentialStage.Retired => true,
            _ => version.HasValue,
        }
        && !Outlived.Is(draft, version);

    // The label decides, where the backend says which version is current, else the newest of what it shows. If that one only has to wait, or nothing can be shown, what is in use stays; if the
    // backend calls one current that cannot be presented at all, what it calls the previous one stands in.
    private static VersionState? Best(Draft draft, VersionState? incumbent)
    {
        var labelled = Labelled(draft);
        if (labelled is not null && IsReady(labelled, draft, incumbent))
        {
            return labelled;
        }

        var shown = labelled is null ? Newest(draft, incumbent, static version => version.IsShown)
            : incumbent is null || (labelled.IsShown && !IsOffered(labelled, draft)) ? Newest(draft, incumbent, static version => version is { IsShown: true, Label: VersionLabel.Previous })
            : null;
        return shown ?? incumbent ?? Newest(draft, incumbent, static version => version.Stage != CredentialStage.Pending);
    }

    /// <summary>The version that the backend names as its current one, if it names one.</summary>
    public static VersionState? Labelled(Draft draft)
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

    private static VersionState? Newest(Draft draft, VersionState? incumbent, Func<VersionState, bool> isMeant)
    {
        VersionState? best = null;
        foreach (var version in draft.Versions)
        {
            if (version.IsListed && isMeant(version) && IsReady(version, draft, incumbent) && (best is null || IsBetter(version, best)))
            {
                best = version;
            }
        }

        return best;
    }

    // A version that the other side kept rejecting comes last, however new it is; one that the backend itself calls the previous one stands in only where there is no other.
    private static bool IsBetter(VersionState version, VersionState best) =>
        version.PausedUntil.HasValue != best.PausedUntil.HasValue ? best.PausedUntil.HasValue
        : (version.Label == VersionLabel.Previous) != (best.Label == VersionLabel.Previous) ? best.Label == VersionLabel.Previous
        : version.CompareAge(best) > 0;

    private static bool IsReady(VersionState version, Draft draft, VersionState? incumbent)
    {
        if (!version.IsUsable(draft.Now) || Outlived.Is(draft, version))
        {
            return false;
        }

        // What was in overlap when this process came is valid without a probe of its own, but replaces nothing that works.
        return version.Stage == CredentialStage.Pending
            ? HasCome(version, draft, incumbent) && IsProven(version, draft, incumbent)
            : incumbent is null || version == incumbent || version.Label == VersionLabel.Current || IsProven(version, draft, incumbent);
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
