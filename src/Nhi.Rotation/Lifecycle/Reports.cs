namespace Nhi.Rotation.Lifecycle;

/// <summary>What users of a credential, its owner and its probe say of a version.</summary>
internal static class Reports
{
    /// <summary>Takes in what the other side said of a version that was presented to it.</summary>
    public static void Take(Draft draft, string id, CredentialOutcome outcome)
    {
        var state = draft.State;

        // A secret is its value: whoever takes the value under another name takes the current version.
        if (id == state.CurrentId || (outcome == CredentialOutcome.Accepted && draft.Find(id)?.HasValueOf(draft.Current) == true))
        {
            if (outcome == CredentialOutcome.Rejected)
            {
                draft.State = state with { Rejections = state.Rejections + 1 };
            }
            else
            {
                draft.State = state with { Rejections = 0, WorkingPreviousId = null };
                if (draft.Current is { Pauses: > 0 } current)
                {
                    draft.Put(current with { Pauses = 0 });
                }
            }
        }
        else if (outcome == CredentialOutcome.Accepted && draft.Find(id) is { Stage: CredentialStage.Pending, PausedUntil: not null } paused)
        {
            EndPause(draft, paused);
        }
        else if (outcome == CredentialOutcome.Accepted && state.Rejections > 0)
        {
            draft.State = state with { WorkingPreviousId = id };
        }

        FallBackIfDue(draft);
    }

    /// <summary>Somebody declared a version compromised, known or not: it never comes back.</summary>
    public static void Revoke(Draft draft, string id, string why)
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

        draft.Put(version with { Stage = CredentialStage.Revoked, HasValue = false, WantsValue = false, PausedUntil = null, RetiredBecause = RetireCause.None });
        draft.Record(FactKind.Revoked, id, detail: why);
        draft.State = draft.State with
        {
            CurrentId = draft.State.CurrentId == id ? null : draft.State.CurrentId,
            NextOrder = Math.Max(draft.State.NextOrder, version.Order + 1),
        };
    }

    /// <summary>Takes in what a probe said of a version that waits for it.</summary>
    public static void TakeProbe(Draft draft, string id, ProbeResult result)
    {
        if (draft.Find(id) is not { Stage: CredentialStage.Pending } version)
        {
            return;
        }

        var wait = Doubling.Wait(draft.Policy.ProbeRetry, draft.Policy.ProbeRetryMax, version.ProbeAttempts);
        draft.Put(version with
        {
            Probe = result.Verdict,
            ProbeAttempts = version.ProbeAttempts + 1,
            ProbeDueAt = draft.Now.Elapsed + wait,
        });
        var kind = result.Verdict switch
        {
            ProbeVerdict.Accepted => FactKind.ProbeAccepted,
            ProbeVerdict.Rejected => FactKind.ProbeRejected,
            _ => FactKind.ProbeInconclusive,
        };
        draft.Record(kind, id, detail: result.Detail);
    }

    // The other side takes it again: it waits for nothing more, also not for a probe of the same question.
    private static void EndPause(Draft draft, VersionState paused)
    {
        var taken = paused with { PausedUntil = null, Pauses = 0, Probe = draft.Policy.RequiresProbe ? ProbeVerdict.Accepted : paused.Probe };
        draft.Put(taken);
        if (Selection.Labelled(draft) is not { } named || named.Id == taken.Id || Selection.Target(draft)?.Id == taken.Id)
        {
            return;
        }

        // The backend names another one as current. If that is what is presented, its word stands until it was rejected often enough; if it is rejected itself, this one works and it does not.
        if (draft.Current is { } current && current.Id != named.Id && taken.CompareAge(current) > 0 && taken.IsUsable(draft.Now) && !(taken.NotBefore > draft.Now.Utc))
        {
            Succession.Switch(draft, taken, current.Id);
            return;
        }

        draft.Put(taken with { Stage = CredentialStage.Previous, OverlapEndsAt = draft.Now.Elapsed + draft.Policy.Overlap });
        draft.State = draft.State with { WorkingPreviousId = draft.State.Rejections > 0 ? taken.Id : draft.State.WorkingPreviousId };
    }

    // Current keeps being rejected while a Previous works.
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

        var pause = Doubling.Wait(policy.FallbackPause, policy.FallbackPauseMax, rejected.Pauses);
        foreach (var newer in draft.Versions.Where(version => IsInDoubt(version, rejected, working)).ToArray())
        {
            // Any of them would take its place at once, and nobody said that it works.
            draft.Put(newer with { Stage = CredentialStage.Pending, OverlapEndsAt = null, PausedUntil = draft.Now.Elapsed + pause, Pauses = newer.Pauses + 1 });
        }

        draft.Put(working with { Stage = CredentialStage.Current, OverlapEndsAt = null });
        draft.State = draft.State with
        {
            CurrentId = working.Id,
            SwitchedAt = draft.Now.Elapsed,
            Rejections = 0,
            WorkingPreviousId = null,
        };
        draft.Record(FactKind.FellBack, working.Id, rejected.Id, $"'{rejected.Id}' is tried again in {pause}");
    }

    // What was rejected, under all its names, and what lies between it and the one that works.
    private static bool IsInDoubt(VersionState version, VersionState rejected, VersionState working) =>
        version == rejected
        || (version.IsInService && version.HasValueOf(rejected))
        || (version.Stage == CredentialStage.Previous && version.CompareAge(working) > 0);
}
