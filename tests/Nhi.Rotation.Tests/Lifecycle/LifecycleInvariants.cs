using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Tests.Lifecycle;

/// <summary>
/// What holds after every step, whatever happened. Returns the sentence that is violated, or null.
/// </summary>
internal static class LifecycleInvariants
{
    public static string? Violated(CredentialState before, LifecycleInput input, Transition step, Instant now, LifecyclePolicy policy)
    {
        var state = step.State;
        var current = state.Versions.Where(version => version.Stage == CredentialStage.Current).ToArray();
        if (current.Length > 1)
        {
            return "at most one version is Current";
        }

        if (state.CurrentId != current.SingleOrDefault()?.Id)
        {
            return "CurrentId names the version whose stage is Current";
        }

        if (state.PresentedId is not null && current is [var shown] && !(shown.HasValue && shown.IsEnabled && !shown.IsExpired(now) && shown.Label != VersionLabel.Pending))
        {
            return "never present a version that is disabled, expired, staged by the backend, or whose value is not at hand";
        }

        if (state.CurrentId is null && state.Versions.FirstOrDefault(version => IsPresentable(version, state, now, policy)) is { } idle)
        {
            return $"always present something while anything is presentable ({idle.Id})";
        }

        foreach (var version in state.Versions)
        {
            var old = before.Find(version.Id);
            if (old?.Stage == CredentialStage.Revoked && version.Stage != CredentialStage.Revoked)
            {
                return "revoked is forever";
            }

            if (version is { Stage: CredentialStage.Revoked, HasValue: true })
            {
                return "a revoked version's value is let go";
            }

            if (version.Stage == CredentialStage.Previous && !(version.OverlapEndsAt > now.Elapsed))
            {
                return "a Previous version is inside its overlap window";
            }

            if (version.PausedUntil is not null && version.Stage != CredentialStage.Pending)
            {
                return "only Pending versions are paused";
            }

            if (version.Stage == CredentialStage.Retired != (version.RetiredBecause != RetireCause.None))
            {
                return "a Retired version has a cause, and no other has";
            }

            if (old is { Stage: CredentialStage.Retired, RetiredBecause: RetireCause.OverlapEnded } && version.Stage == CredentialStage.Current && version.Label != VersionLabel.Current
                && Selection.FreshChoice(new Draft(state, now, policy))?.Id != version.Id)
            {
                return "a version whose overlap ended comes back only on the backend's word, or where a process that starts now would take it";
            }
        }

        if (before.Versions.Any(version => version.Stage == CredentialStage.Revoked && state.Find(version.Id) is null))
        {
            return "revocations are not forgotten";
        }

        foreach (var fact in step.Facts.Where(fact => fact.Kind is FactKind.Loaded or FactKind.Rotated))
        {
            var promoted = state.Find(fact.VersionId)!;

            // A version that was in use before we came, or in overlap, stands in without a probe of its own,
            // and a clock that is set back does not take its time away again.
            var wasInUse = before.Find(promoted.Id)?.OverlapEndsAt is not null;
            if (!wasInUse && promoted.NotBefore > now.Utc)
            {
                return "never promote a version before its time";
            }

            if (policy.RequiresProbe && !wasInUse && promoted.Probe is not (ProbeVerdict.Accepted or ProbeVerdict.Inconclusive))
            {
                return "never promote a version that its probe rejected or did not see";
            }

            if (policy.RequiresProbe && promoted.Probe == ProbeVerdict.Inconclusive && state.Find(before.CurrentId)?.Stage == CredentialStage.Previous)
            {
                return "an inconclusive probe never replaces a version that works";
            }
        }

        if (state.Find(state.CurrentId) is { } presented && presented.Id != before.CurrentId
            && state.Versions.Any(version => version is { Label: VersionLabel.Current, IsListed: true } && version.Id != presented.Id && version.Stage != CredentialStage.Revoked)
            && before.Find(presented.Id) is { Stage: CredentialStage.Pending, PausedUntil: null, Label: VersionLabel.None } && presented.Label == VersionLabel.None)
        {
            return "where the backend names its current version, no staged one is promoted instead";
        }

        if (ProofViolated(before, input, step, now, policy) is { } proofViolated)
        {
            return proofViolated;
        }

        if (step.WakeAt <= now.Elapsed)
        {
            return "a wake lies in the future";
        }

        if (step.Refusal is not null && !Same(state, CredentialLifecycle.Step(before, LifecycleInput.Ticked.Instance, now, policy).State))
        {
            return "a bad listing changes nothing";
        }

        var again = CredentialLifecycle.Step(state, LifecycleInput.Ticked.Instance, now, policy);
        return again.Facts.Length > 0 || !Same(state, again.State) ? $"a step leaves nothing undone ({string.Join(", ", again.Facts)})" : null;
    }

    private static string? ProofViolated(CredentialState before, LifecycleInput input, Transition step, Instant now, LifecyclePolicy policy)
    {
        foreach (var version in step.State.Versions)
        {
            var old = before.Find(version.Id);
            if (version.Proof is not null && (version.IsInService || !policy.ProvesRetirement))
            {
                return "only what is out of service is proven to be refused, and only where that is wanted";
            }

            if (!version.IsInService && ((version.HasValue && (step.State.CurrentId is not null || version.Stage == CredentialStage.Revoked)) || (!version.HasValue && version.NeedsValue && version.Proof is not { IsOpen: true })))
            {
                return "a value that nothing needs is let go";
            }

            if (version.WantsValue && version is not { Stage: CredentialStage.Retired, IsListed: true, IsEnabled: true })
            {
                return "only what the backend brings back is asked for its value";
            }

            if (policy.ProvesRetirement && old is { IsInService: true, HasValue: true } && version is { IsInService: false, Proof: not { Attempts: 0, IsOpen: true } }
                && !step.State.Versions.Any(other => other.IsInService && other.HasValueOf(version)))
            {
                return "what leaves service with its value owes a proof";
            }

            if (version.Proof is { } proof && (proof.Attempts > policy.RetirementAttempts || (proof is { IsOpen: true } && proof.Attempts == policy.RetirementAttempts)))
            {
                return "the other side is asked a bounded number of times";
            }

            if (old is { IsInService: false, Proof.IsProven: true } && version is { IsInService: false, Proof: not { IsProven: true } })
            {
                return "a proof holds as long as the version is out of service";
            }

            if (version.Proof is { IsOpen: true } open && open.DueAt > now.Elapsed && !(step.WakeAt <= open.DueAt))
            {
                return "an open proof has a wake";
            }

            if (step.ProveNow.Contains(version.Id) != (version.Proof is { IsOpen: true } due && due.DueAt <= now.Elapsed))
            {
                return "the other side is asked when a proof is open and due, and only then";
            }
        }

        foreach (var fact in step.Facts.Where(fact => fact.Kind is FactKind.RetirementProven or FactKind.RetirementViolated or FactKind.RetirementInconclusive))
        {
            if (input is not LifecycleInput.ProbedAfterRetirement || before.Find(fact.VersionId) is not { IsInService: false, Proof.IsOpen: true })
            {
                return "only an answer to a question that was open proves or violates a retirement";
            }
        }

        var lost = before.Versions.Where(version => version.Proof is { IsOpen: true } && step.State.Find(version.Id) is null).Select(version => version.Id);
        return lost.Any(id => !step.Facts.Any(fact => fact.Kind == FactKind.RetirementUnproven && fact.VersionId == id)) ? "a proof is not given up in silence" : null;
    }

    private static bool IsPresentable(VersionState version, CredentialState state, Instant now, LifecyclePolicy policy)
    {
        var labelled = state.Versions.FirstOrDefault(other => other is { Label: VersionLabel.Current, IsListed: true } && other.Stage != CredentialStage.Revoked);
        return version is { HasValue: true, IsEnabled: true, IsListed: true, Stage: CredentialStage.Pending or CredentialStage.Previous }
            && version.Label != VersionLabel.Pending
            && !version.IsExpired(now)
            && (version.IsShown || version.Stage == CredentialStage.Previous)
            && !Outlived.Is(new Draft(state, now, policy), version)
            && !(version.NotBefore > now.Utc && version.Stage == CredentialStage.Pending)
            && (labelled is null || labelled == version || version.Stage == CredentialStage.Previous)
            && (!policy.RequiresProbe || version.Stage == CredentialStage.Previous || version.Probe is ProbeVerdict.Accepted or ProbeVerdict.Inconclusive);
    }

    private static bool Same(CredentialState a, CredentialState b) =>
        a.Versions.SequenceEqual(b.Versions) && a with { Versions = [] } == b with { Versions = [] };
}
