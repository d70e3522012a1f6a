using Nhi.Rotation.Time;

namespace Nhi.Rotation.Lifecycle;

/// <summary>How a version leaves service, and how it comes back.</summary>
internal static class Ageing
{
    /// <summary>What time and the backend's last word make of one version.</summary>
    public static void Age(Draft draft, VersionState version)
    {
        switch (version.Stage)
        {
            case CredentialStage.Revoked:
                return;
            case CredentialStage.Retired:
                Revive(draft, version);
                return;
            default:
                break;
        }

        if (!version.IsEnabled)
        {
            draft.Retire(version, RetireCause.Disabled);
        }
        else if (version.IsExpired(draft.Now))
        {
            draft.Retire(version, RetireCause.Expired);
        }
        else if (!version.IsListed && version.Stage != CredentialStage.Current)
        {
            // Current stays until something replaces it: an absence is a weaker word than "disabled".
            draft.Retire(version, RetireCause.Withdrawn);
        }
        else if (version.Stage == CredentialStage.Previous && version.OverlapEndsAt <= draft.Now.Elapsed)
        {
            draft.Retire(version, RetireCause.OverlapEnded);
        }
        else if (version.PausedUntil <= draft.Now.Elapsed)
        {
            draft.Put(version with { PausedUntil = null });
        }
        else if ((version.Label == VersionLabel.Pending && version.Stage != CredentialStage.Pending) || (version is { Stage: CredentialStage.Current, IsShown: true } && Outlived.Is(draft, version)))
        {
            draft.Unstage(version);
        }
    }

    private static void Revive(Draft draft, VersionState version)
    {
        var comesBack = ComesBack(version, draft.Now, draft.Policy);
        if (!comesBack || !version.HasValue)
        {
            draft.Put(version with { WantsValue = comesBack });
            return;
        }

        var labelled = version.Label == VersionLabel.Current;
        draft.Put(version with
        {
            Stage = version.OverlapEndsAt.HasValue && !labelled ? CredentialStage.Previous : CredentialStage.Pending,
            WantsValue = false,
            RetiredBecause = RetireCause.None,
            Proof = null,
            OverlapEndsAt = labelled ? null : version.OverlapEndsAt,
        });
        draft.Record(FactKind.Revived, version.Id);
    }

    /// <summary>The backend's own word brings any retired version back; else only an early end that no longer holds.</summary>
    public static bool ComesBack(VersionState version, Instant now, LifecyclePolicy policy)
    {
        if (!version.IsListed || !version.IsEnabled || version.IsExpired(now) || Returns.IsRefused(version, now, policy))
        {
            return false;
        }

        return version.Label == VersionLabel.Current
            || (version.RetiredBecause is not (RetireCause.OverlapEnded or RetireCause.Skipped)
                && (version.OverlapEndsAt is not { } end || end > now.Elapsed));
    }
}
