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
        else if (version.Label == VersionLabel.Pending && version.Stage != CredentialStage.Pending)
        {
            draft.Unstage(version);
        }
    }

    private static void Revive(Draft draft, VersionState version)
    {
        if (!version.IsListed || !version.IsEnabled || version.IsExpired(draft.Now) || !version.HasValue)
        {
            return;
        }

        // The backend's own word brings any retired version back; else only an early end that no longer holds.
        var labelled = version.Label == VersionLabel.Current;
        if (!labelled && version.RetiredBecause is RetireCause.OverlapEnded or RetireCause.Skipped)
        {
            return;
        }

        var wasReplaced = version.OverlapEndsAt.HasValue;
        if (!labelled && wasReplaced && version.OverlapEndsAt <= draft.Now.Elapsed)
        {
            return;
        }

        draft.Put(version with
        {
            Stage = wasReplaced && !labelled ? CredentialStage.Previous : CredentialStage.Pending,
            RetiredBecause = RetireCause.None,
            Proof = null,
            OverlapEndsAt = labelled ? null : version.OverlapEndsAt,
        });
        draft.Record(FactKind.Revived, version.Id);
    }
}
