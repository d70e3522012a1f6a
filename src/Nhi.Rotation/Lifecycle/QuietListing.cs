using Nhi.Rotation.Time;

namespace Nhi.Rotation.Lifecycle;

/// <summary>
/// A listing that tells nothing new, at a time at which time alone changes nothing. Almost every listing is one, so it is told apart without an allocation; what is
/// not certainly quiet takes the whole step.
/// </summary>
internal static class QuietListing
{
    /// <summary>Whether the whole step would note that there was a listing, and nothing else.</summary>
    public static bool Is(BackendListing listing, CredentialState state, Instant now, LifecyclePolicy policy)
    {
        if (state.IsStale || state.CurrentId is null || (listing.Revision is { } revision && revision != state.Revision))
        {
            return false;
        }

        var listed = listing.Versions;
        var labelled = false;
        for (var i = 0; i < listed.Count; i++)
        {
            if (IsRepeated(listed, i) || state.Find(listed[i].Id) is not { } known || !SaysTheSame(listed[i], known))
            {
                return false;
            }

            labelled |= listed[i].Label == VersionLabel.Current;
        }

        foreach (var version in state.Versions)
        {
            if (!IsAtRest(version, now, policy) || version.IsShown != Has(listed, version.Id) || (!version.IsShown && !IsKnownToBeGone(version, listing.IsComplete, labelled)))
            {
                return false;
            }
        }

        return listed.Count > 0 && AgeOrder.IsKept(listed, state.Versions.AsSpan());
    }

    public static bool SaysTheSame(BackendVersion listed, VersionState known) =>
        known is { IsListed: true, IsShown: true }
        && known.Label == listed.Label
        && known.IsEnabled == listed.IsEnabled
        && (listed.CreatedOn is null || known.CreatedOn == listed.CreatedOn)
        && known.NotBefore == listed.NotBefore
        && known.ExpiresOn == listed.ExpiresOn
        && (listed.Value is null || known.HasValue)
        && (listed.RevokedBecause is null || known.Stage == CredentialStage.Revoked);

    // A retired one that is gone may be one too many to remember, which is for the whole step to say.
    private static bool IsKnownToBeGone(VersionState version, bool isComplete, bool labelled) =>
        (version.IsListed ? !isComplete : version.Stage != CredentialStage.Retired)
        && (version.Label == VersionLabel.None || (!labelled && !isComplete));

    // One that waits for something is not at rest: neither a pending one, nor one whose proof is open.
    private static bool IsAtRest(VersionState version, Instant now, LifecyclePolicy policy) => version.Proof is not { IsOpen: true } && version.Stage switch
    {
        CredentialStage.Revoked => true,
        CredentialStage.Retired => !version.WantsValue && !Ageing.ComesBack(version, now, policy),
        CredentialStage.Current => version.IsUsable(now) && version.PausedUntil is null,
        CredentialStage.Previous => version.IsUsable(now) && version.PausedUntil is null && version.IsListed && version.OverlapEndsAt > now.Elapsed,
        _ => false,
    };

    public static bool IsRepeated(IReadOnlyList<BackendVersion> listed, int index)
    {
        for (var i = 0; i < index; i++)
        {
            if (listed[i].Id == listed[index].Id)
            {
                return true;
            }
        }

        return false;
    }

    public static bool Has(IReadOnlyList<BackendVersion> listed, string id)
    {
        for (var i = 0; i < listed.Count; i++)
        {
            if (listed[i].Id == id)
            {
                return true;
            }
        }

        return false;
    }
}
