using System.Collections.Immutable;

namespace Nhi.Rotation.Lifecycle;

/// <summary>After retirement: is the old version really refused? Asked until it is, or until the attempts are used up.</summary>
internal static class RetirementProofs
{
    /// <summary>Opens a proof for each version that was in service before this step, or is revoked by it, if its value is at hand to ask with.</summary>
    public static void Open(Draft draft, CredentialState before)
    {
        if (draft.Versions.TrueForAll(static version => version.IsInService))
        {
            return;
        }

        foreach (var version in draft.Versions.ToArray())
        {
            if (version.IsInService)
            {
                continue;
            }

            // Should the backend bring it back, its value comes along again; but while nothing else is presented, the last one stays at hand for that.
            var keeps = version is { HasValue: true, IsListed: true } && draft.State.CurrentId is null;
            if (before.Find(version.Id) is not { } old)
            {
                draft.Put(version with { HasValue = keeps });
                continue;
            }

            // It may have come back and left again within this step.
            var proof = version.Proof ?? (old.IsInService ? null : old.Proof);
            if (Twins.IsInService(draft, version))
            {
                // Accepting it is right: the question would accuse somebody of nothing.
                proof = proof is { IsOpen: true } ? null : proof;
            }

            var owes = old.HasValue && !Twins.IsInService(draft, version) && old.Stage != version.Stage && proof is not ({ IsOpen: true } or { IsProven: true });
            draft.Put(version with
            {
                HasValue = keeps,
                Proof = draft.Policy.ProvesRetirement && owes ? new RetirementProof { DueAt = draft.Now.Elapsed } : proof,
            });
        }
    }

    /// <summary>Takes in what the other side said of a version out of service.</summary>
    public static void Take(Draft draft, string id, ProbeResult result)
    {
        if (draft.Find(id) is not { Proof: { IsOpen: true } proof } version)
        {
            return;
        }

        var policy = draft.Policy;
        var attempts = proof.Attempts + 1;
        var wait = Doubling.Wait(policy.RetirementRetry, policy.RetirementRetryMax, proof.Attempts);
        var next = proof with { Verdict = result.Verdict, Attempts = attempts, DueAt = draft.Now.Elapsed + wait };
        next = next with { IsGivenUp = !next.IsProven && attempts >= policy.RetirementAttempts };
        draft.Put(version with { Proof = next });
        var kind = result.Verdict switch
        {
            ProbeVerdict.Rejected => FactKind.RetirementProven,
            ProbeVerdict.Accepted => FactKind.RetirementViolated,
            _ => FactKind.RetirementInconclusive,
        };
        draft.Record(kind, id, detail: result.Detail);
        if (next.IsGivenUp)
        {
            draft.Record(FactKind.RetirementUnproven, id, detail: $"after {attempts} attempts, the last of them {(result.Verdict == ProbeVerdict.Accepted ? "accepted" : "inconclusive")}");
        }
    }

    /// <summary>Versions to ask about now.</summary>
    public static ImmutableArray<string> Due(Draft draft) =>
        draft.Policy.ProvesRetirement
            ? [.. draft.Versions.Where(version => version.Proof is { IsOpen: true } proof && proof.DueAt <= draft.Now.Elapsed).Select(version => version.Id)]
            : [];
}
