using System.Collections.Immutable;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Lifecycle;

/// <summary>
/// The rules of rotation as one pure function: what we know, what happened, the time and the policy give what we know next.
/// No I/O, no clock, no lock: schedules are simulated by the hundred thousand in the tests.
/// </summary>
internal static class CredentialLifecycle
{
    /// <summary>One step.</summary>
    public static Transition Step(CredentialState state, LifecycleInput input, Instant now, LifecyclePolicy policy)
    {
        if (input is LifecycleInput.Listed { Listing: var quiet } && QuietListing.Is(quiet, state, now, policy))
        {
            var noted = state with { ListedAt = now.Elapsed };
            return new Transition(noted, [], Wake.Next(noted, now, policy), [], []);
        }

        return TakeWhole(state, input, now, policy);
    }

    /// <summary>A step that looks at everything, as all that changes something need.</summary>
    public static Transition TakeWhole(CredentialState state, LifecycleInput input, Instant now, LifecyclePolicy policy)
    {
        var draft = new Draft(state, now, policy);
        string? refusal = null;
        switch (input)
        {
            case LifecycleInput.Listed(var listing, var exams):
                refusal = ListingReview.Refuse(listing, state);
                if (refusal is null)
                {
                    Intake.Take(draft, listing, exams);
                }

                break;
            case LifecycleInput.Reported(var id, var outcome):
                Reports.Take(draft, id, outcome);
                break;
            case LifecycleInput.Revoked(var id, var why):
                Reports.Revoke(draft, id, why);
                break;
            case LifecycleInput.Probed(var id, var result):
                Reports.TakeProbe(draft, id, result);
                break;
            case LifecycleInput.ProbedAfterRetirement(var id, var result):
                RetirementProofs.Take(draft, id, result);
                break;
            default:
                break;
        }

        Settle(draft, state);
        var next = draft.Finish();
        return new Transition(next, draft.Facts, Wake.Next(next, now, policy), ProbesNeeded(draft), RetirementProofs.Due(draft), refusal);
    }

    private static void Settle(Draft draft, CredentialState before)
    {
        Twins.Revoke(draft);
        do
        {
            Arrange(draft, before);
        }
        while (Returns.Refuse(draft));

        Twins.Note(draft, before);
        RetirementProofs.Open(draft, before);
        NoteStaleness(draft);
        if (before.PresentedId is { } presented && draft.State.PresentedId is null)
        {
            draft.Record(FactKind.Lost, presented);
        }
    }

    // Who leaves, who comes back, who is current, and where the others stand.
    private static void Arrange(Draft draft, CredentialState before)
    {
        do
        {
            foreach (var version in draft.Versions.ToArray())
            {
                Ageing.Age(draft, version);
            }
        }
        while (Returns.Refuse(draft));

        Returns.BringBack(draft);
        if (Selection.Target(draft) is { } target && target.Id != draft.State.CurrentId)
        {
            Succession.Switch(draft, target, before.CurrentId);
        }

        var chosen = Selection.FreshChoice(draft);
        foreach (var version in draft.Versions.ToArray())
        {
            if (version.Id != chosen?.Id)
            {
                Succession.PlaceOlder(draft, version);
            }
        }
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
}
