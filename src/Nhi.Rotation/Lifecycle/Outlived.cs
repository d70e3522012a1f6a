namespace Nhi.Rotation.Lifecycle;

/// <summary>A version whose successor has expired: it does not come back because of that, unless it is wanted.</summary>
internal static class Outlived
{
    /// <summary>Whether the newest version that the store shows is newer than this one, has had its time and expired.</summary>
    public static bool Is(Draft draft, VersionState version)
    {
        if (draft.Policy.Expiry != StoreExpiry.Ends || version.Label == VersionLabel.Current || Newest(draft) is not { } newest)
        {
            return false;
        }

        // What the other side refused was followed by an older one for that reason; and what is in use does not give way to one that no probe has accepted.
        return newest.IsExpired(draft.Now)
            && newest.Pauses == 0
            && (newest.Label == VersionLabel.Current || newest.CompareAge(version) > 0)
            && !newest.HasValueOf(version)
            && !(draft.Policy.RequiresProbe && version.Stage == CredentialStage.Current && newest.Probe != ProbeVerdict.Accepted);
    }

    private static VersionState? Newest(Draft draft)
    {
        VersionState? newest = null;
        foreach (var version in draft.Versions)
        {
            if (HasHadItsTime(version, draft)
                && (newest is null || version.Label == VersionLabel.Current || (newest.Label != VersionLabel.Current && version.CompareAge(newest) > 0)))
            {
                newest = version;
            }
        }

        return newest;
    }

    // What could not be presented at any time took nobody's place.
    private static bool HasHadItsTime(VersionState version, Draft draft)
    {
        if (version is not { IsShown: true, IsEnabled: true, Unfit: not { IsRefused: true } }
            || version.Stage == CredentialStage.Revoked
            || version.Label == VersionLabel.Pending
            || version.RetiredBecause == RetireCause.Returned
            || version.Probe == ProbeVerdict.Rejected)
        {
            return false;
        }

        var from = version.NotBefore is { } notBefore ? notBefore + draft.Policy.ClockSkew : version.CreatedOn;
        return from is not { } start || (start <= draft.Now.Utc && !(start + draft.Policy.ActivationDelay >= version.ExpiresOn));
    }
}
