using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Verdicts;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Tests.Support;
using Nhi.Rotation.Time;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Tests.Lifecycle;

/// <summary>The evidence that a random life leaves, and the best verdict that anybody could get from it: everybody moved, all is accepted and quiet.</summary>
internal sealed class RandomEvidence
{
    private static readonly CredentialMetrics Metrics = new(factory: null);
    private static readonly EngineLog Log = new(NullLogger.Instance);
    private static readonly VerdictTerms Terms = new(TimeSpan.FromMinutes(1));

    private readonly UseLedger _ledger = new(Metrics, Log, new TwoClocks());
    private readonly VersionShelf _shelf;

    public RandomEvidence() => _shelf = new VersionShelf(_ledger.Find("stripe"), _ledger);

    /// <summary>Takes a step in, as the engine does.</summary>
    public void Take(CredentialState before, Transition step, BackendListing? listing, Instant now)
    {
        lock (_shelf.Gate)
        {
            _shelf.Take(step.State, step.Refusal is null ? listing : null);
            EvidenceTrail.Record(_ledger, _shelf, before, step.Facts, now, "probe");
        }
    }

    /// <summary>What is wrong with the evidence or with a verdict on it, or null.</summary>
    /// <param name="state">What the lifecycle knows.</param>
    /// <param name="valueOf">The value of a version, in truth; null of one that is no secret.</param>
    /// <param name="now">The time.</param>
    public string? Violated(CredentialState state, Func<string, ValueMark?> valueOf, DateTimeOffset now)
    {
        VersionHistory[] histories = [.. _ledger.Copy("stripe", static (credential, _, _) => credential.Versions.Select(static version => version.History).ToArray()).Single()];
        if (histories.FirstOrDefault(history => history.Stage != state.Find(history.VersionId)?.Stage) is { } stale)
        {
            return $"the evidence says of {stale.VersionId} that it is {stale.Stage}";
        }

        foreach (var old in histories.Where(static history => history.IsOld))
        {
            var verdict = RotationJudge.Judge(
                old with { End = old.End with { SupersededAt = old.SupersededAt ?? now } }, histories, uses: [], new NewerUse(new Acceptance(now, AsFarAs: null), IsUsed: true, _ => now), Terms, now + TimeSpan.FromDays(1)).Verdict;
            if (verdict.Kind is VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked
                && state.Find(old.VersionId)?.Mark is not null && valueOf(old.VersionId) is { } value
                && state.Versions.FirstOrDefault(other => other.Id != old.VersionId && other is { IsInService: true, HasValue: true } && valueOf(other.Id) == value) is { } twin)
            {
                return $"{old.VersionId} is said to be {verdict.Kind}, and {twin.Id}, which is {twin.Stage}, holds its value";
            }
        }

        return null;
    }
}
