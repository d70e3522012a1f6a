using System.Collections.Immutable;

namespace Nhi.Rotation.Lifecycle;

/// <summary>
/// The rules of DESIGN §5 as one pure function: what we know, what happened, the time and the policy give what we know next.
/// No I/O, no clock, no lock: schedules are simulated by the hundred thousand in the tests.
/// </summary>
internal static class CredentialLifecycle
{
    // Retired versions that the backend no longer lists, kept to recognise their late users.
    internal const int MaxForgotten = 16;

    /// <summary>One step.</summary>
    public static Transition Step(CredentialState state, LifecycleInput input, Instant now, LifecyclePolicy policy)
    {
        var draft = new Draft(state, now, policy);
        string? refusal = null;
        switch (input)
        {
            case LifecycleInput.Listed(var listing):
                refusal = ListingReview.Refuse(listing, state);
                if (refusal is null)
                {
                    TakeIn(draft, listing);
                }

                break;
            case LifecycleInput.Reported(var id, var outcome):
                TakeReport(draft, id, outcome);
                break;
            case LifecycleInput.Revoked(var id, var why):
                Revoke(draft, id, why);
                break;
            case LifecycleInput.Probed(var id, var result):
                TakeProbe(draft, id, result);
                break;
            case LifecycleInput.ProbedAfterRetirement(var id, var result):
                RetirementProofs.Take(draft, id, result);
                break;
            default:
                break;
        }

        Settle(draft, state);
        return new Transition(draft.Finish(), draft.Facts, Wake.Next(draft), ProbesNeeded(draft), RetirementProofs.Due(draft), refusal);
    }

    private static void TakeIn(Draft draft, BackendListing listing)
    {
        var labelled = false;
        var listed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var version in listing.Versions)
        {
            labelled |= version.Label == VersionLabel.Current;
            listed.Add(version.Id);
            TakeIn(draft, version);
        }

        foreach (var absent in draft.Versions.Where(version => !listed.Contains(version.Id)).ToArray())
        {
            draft.Put(absent with
            {
                IsListed = absent.IsListed && !listing.IsComplete,
                Label = labelled || listing.IsComplete ? VersionLabel.None : absent.Label,
            });
        }

        draft.State = draft.State with
        {
            Revision = listing.Revision ?? draft.State.Revision,
            ListedAt = draft.Now.Elapsed,
            IsStale = false,
        };
        ForgetOldest(draft);
    }

    private static void TakeIn(Draft draft, BackendVersion listed)
    {
        var known = draft.Find(listed.Id);
        if (known is null)
        {
            known = new VersionState
            {
                Id = listed.Id,
                SeenAt = draft.Now.Elapsed,
                SeenUtc = draft.NewestDate,
                Order = draft.State.NextOrder,
            };
            draft.State = draft.State with { NextOrder = draft.State.NextOrder + 1 };
            draft.Record(FactKind.Seen, listed.Id);
        }

        draft.Put(known with
        {
            Label = listed.Label,
            IsEnabled = listed.IsEnabled,
            IsListed = true,
            HasValue = known.Stage != CredentialStage.Revoked && (known.HasValue || listed.Value is not null),
            CreatedOn = listed.CreatedOn ?? known.CreatedOn,
            NotBefore = listed.NotBefore,
            ExpiresOn = listed.ExpiresOn,
        });
    }

    private static void TakeReport(Draft draft, string id, CredentialOutcome outcome)
    {
        var state = draft.State;
        if (id == state.CurrentId)
        {
            if (outcome == CredentialOutcome.Rejected)
            {
                draft.State = state with { Rejections = state.Rejections + 1 };
            }
            else
            {
                draft.State = state with { Rejections = 0, WorkingPreviousId = null };
                if (draft.Current is { Holds: > 0 } current)
                {
                    draft.Put(current with { Holds = 0 });
                }
            }
        }
        else if (outcome == CredentialOutcome.Accepted && state.Rejections > 0)
        {
            draft.State = state with { WorkingPreviousId = id };
        }

        FallBackIfDue(draft);
    }

    // Rule 4: Current keeps being rejected while a Previous works.
    private static void FallBackIfDue(Draft draft)
    {
        var policy = draft.Policy;
        if (draft.State.Rejections < policy.FallbackAfterRejections
            || draft.Find(draft.State.WorkingPreviousId) is not { Stage: CredentialStage.Previous } working
            || !working.IsUsable(draft.Now)
            || draft.Current is not { } rejected)
        {
            return;
        }

        var hold = TimeSpan.FromTicks(Math.Min(policy.FallbackHold.Ticks << Math.Min(rejected.Holds, 10), policy.FallbackHoldMax.Ticks));
        draft.Put(rejected with { Stage = CredentialStage.Pending, HeldUntil = draft.Now.Elapsed + hold, Holds = rejected.Holds + 1 });
        draft.Put(working with { Stage = CredentialStage.Current, OverlapEndsAt = null });
        draft.State = draft.State with
        {
            CurrentId = working.Id,
            SwitchedAt = draft.Now.Elapsed,
            Rejections = 0,
            WorkingPreviousId = null,
        };
        draft.Record(FactKind.FellBack, working.Id, rejected.Id, $"'{rejected.Id}' is tried again in {hold}");
    }

    private static void Revoke(Draft draft, string id, string why)
    {
        var version = draft.Find(id) ?? new VersionState
        {
            Id = id,
            IsListed = false,
            SeenAt = draft.Now.Elapsed,
            SeenUtc = draft.NewestDate,
            Order = draft.State.NextOrder,
        };
        if (version.Stage == CredentialStage.Revoked)
        {
            return;
        }

        draft.Put(version with { Stage = CredentialStage.Revoked, HasValue = false, HeldUntil = null, RetiredBecause = RetireCause.None });
        draft.Record(FactKind.Revoked, id, detail: why);
        draft.State = draft.State with
        {
            CurrentId = draft.State.CurrentId == id ? null : draft.State.CurrentId,
            NextOrder = Math.Max(draft.State.NextOrder, version.Order + 1),
        };
    }

    private static void TakeProbe(Draft draft, string id, ProbeResult result)
    {
        if (draft.Find(id) is not { Stage: CredentialStage.Pending } version)
        {
            return;
        }

        var wait = Math.Min(draft.Policy.ProbeRetry.Ticks << Math.Min(version.ProbeAttempts, 10), draft.Policy.ProbeRetryMax.Ticks);
        draft.Put(version with
        {
            Probe = result.Verdict,
            ProbeAttempts = version.ProbeAttempts + 1,
            ProbeDueAt = draft.Now.Elapsed + TimeSpan.FromTicks(wait),
        });
        var kind = result.Verdict switch
        {
            ProbeVerdict.Accepted => FactKind.ProbeAccepted,
            ProbeVerdict.Rejected => FactKind.ProbeRejected,
            _ => FactKind.ProbeInconclusive,
        };
        draft.Record(kind, id, detail: result.Detail);
    }

    private static void Settle(Draft draft, CredentialState before)
    {
        foreach (var version in draft.Versions.ToArray())
        {
            Age(draft, version);
        }

        if (Selection.Target(draft) is { } target && target.Id != draft.State.CurrentId)
        {
            Switch(draft, target, before.CurrentId);
        }

        foreach (var version in draft.Versions.ToArray())
        {
            PlaceOlder(draft, version);
        }

        RetirementProofs.Open(draft, before);
        NoteStaleness(draft);
        if (before.PresentedId is { } presented && draft.State.PresentedId is null)
        {
            draft.Record(FactKind.Lost, presented);
        }
    }

    // What time and the backend's last word make of one version.
    private static void Age(Draft draft, VersionState version)
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
        else if (version.HeldUntil <= draft.Now.Elapsed)
        {
            draft.Put(version with { HeldUntil = null });
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

    private static void Switch(Draft draft, VersionState target, string? formerCurrent)
    {
        var old = draft.Current;
        var wasPrevious = target.Stage == CredentialStage.Previous;
        draft.Put(target with { Stage = CredentialStage.Current, OverlapEndsAt = null, HeldUntil = null });
        draft.State = draft.State with
        {
            CurrentId = target.Id,
            SwitchedAt = formerCurrent is null ? null : draft.Now.Elapsed,
            Rejections = 0,
            WorkingPreviousId = null,
        };
        draft.Record(formerCurrent is null ? FactKind.Loaded : wasPrevious ? FactKind.RolledBack : FactKind.Rotated, target.Id, formerCurrent);
        if (old is null)
        {
            return;
        }

        var replaced = old with { Stage = CredentialStage.Previous, OverlapEndsAt = draft.Now.Elapsed + draft.Policy.Overlap };
        draft.Put(replaced);
        Age(draft, replaced);
    }

    // Versions that were never Current here but are older than the one that is: what an instance finds when it starts mid-overlap.
    private static void PlaceOlder(Draft draft, VersionState version)
    {
        if (version.Stage != CredentialStage.Pending
            || version.HeldUntil.HasValue
            || version.Label is VersionLabel.Pending or VersionLabel.Current
            || version.NotBefore > draft.Now.Utc
            || draft.Current is not { IsListed: true } current
            || (version.Label != VersionLabel.Previous && version.CompareAge(current) > 0))
        {
            return;
        }

        // Rejected by the other side: not valid in our eyes. Neither is one that a labelling backend left without a label.
        if (version.Probe == ProbeVerdict.Rejected || version.Holds > 0 || (current.Label == VersionLabel.Current && version.Label == VersionLabel.None))
        {
            draft.Retire(version, RetireCause.Skipped);
            return;
        }

        var placed = version with { Stage = CredentialStage.Previous, OverlapEndsAt = OverlapEnd(draft, current) };
        draft.Put(placed);
        Age(draft, placed);
    }

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

    private static void NoteStaleness(Draft draft)
    {
        if (draft is { Policy.MaxStaleness: { } limit, State: { IsStale: false, ListedAt: { } listed, CurrentId: { } current } }
            && listed + limit <= draft.Now.Elapsed)
        {
            draft.State = draft.State with { IsStale = true };
            draft.Record(FactKind.WentStale, current, detail: $"no good listing for {limit}");
        }
    }

    private static ImmutableArray<string> ProbesNeeded(Draft draft) =>
        draft.Policy.RequiresProbe
            ? [.. draft.Versions.Where(version => Selection.NeedsProbe(version, draft)).Select(version => version.Id)]
            : [];

    private static void ForgetOldest(Draft draft)
    {
        // The oldest go first, but not while their proof is open, if there are others.
        var forgettable = draft.Versions
            .Where(version => version is { Stage: CredentialStage.Retired, IsListed: false })
            .OrderBy(version => version.Proof is { IsOpen: true })
            .ToArray();
        for (var i = 0; i < forgettable.Length - MaxForgotten; i++)
        {
            draft.Forget(forgettable[i]);
            if (forgettable[i].Proof is { IsOpen: true })
            {
                draft.Record(FactKind.RetirementUnproven, forgettable[i].Id, detail: "because too many newer versions are out of service too");
            }
        }
    }
}
