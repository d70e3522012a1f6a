using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Nhi.Rotation.Providers;

namespace Nhi.Rotation.Health;

/// <summary>What a credential's status means for health, with a reason for each trouble.</summary>
/// <param name="Health">Unhealthy: nothing can be presented. Degraded: it works, and somebody should look.</param>
/// <param name="Reasons">Why it is not healthy; sentences without values.</param>
internal sealed record CredentialJudgement(HealthStatus Health, IReadOnlyList<string> Reasons)
{
    public static CredentialJudgement Of(CredentialStatus status, CredentialHealthOptions options)
    {
        if (status.Unavailable is { } unavailable)
        {
            return new CredentialJudgement(HealthStatus.Unhealthy, [$"nothing can be presented: {unavailable.Cause}. {unavailable.Fix}"]);
        }

        string[] reasons = [.. Troubles(status, options)];
        return new CredentialJudgement(reasons.Length == 0 ? HealthStatus.Healthy : HealthStatus.Degraded, reasons);
    }

    private static IEnumerable<string> Troubles(CredentialStatus status, CredentialHealthOptions options)
    {
        if (status.LastError is { } error && (status.Failures >= options.DegradedAfterFailures || status.FailingFor >= options.DegradedAfter))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"the last good set is served: {status.Failures} refreshes in a row failed in {Time(status.FailingFor)}, the last one because {error.Cause}. {error.Fix}");
        }

        foreach (var trouble in VersionTroubles(status))
        {
            yield return trouble;
        }

        foreach (var problem in status.ListProblems)
        {
            yield return $"a list of revocations was not taken in: {problem} What was read of it before, if anything was, stays in force.";
        }

        if (status.EvidenceProblem is { } unwritten)
        {
            yield return $"its evidence is not written, so no old version can be proven to be safe to revoke: {unwritten}. Make room, or let the app write there.";
        }

        if (status.TimeToExpiry <= options.ExpiryWarning && !status.HasSuccessor)
        {
            yield return status.OutlivesExpiry && status.TimeToExpiry <= TimeSpan.Zero
                ? $"version '{status.CurrentId}' is past its date of expiry, which is information only, and nothing that lasts longer is there. Add a new version to the backend."
                : $"version '{status.CurrentId}' expires in {Time(status.TimeToExpiry.GetValueOrDefault())} and nothing that lasts longer is there. Add a new version to the backend.";
        }
    }

    private static IEnumerable<string> VersionTroubles(CredentialStatus status)
    {
        foreach (var id in status.Paused)
        {
            yield return $"fallback: the other side kept rejecting version '{id}', so an older one is presented. Check that '{id}' is active there.";
        }

        foreach (var id in status.Unproven)
        {
            yield return $"the probe does not accept version '{id}', so it is not presented. Check that it is active on the other side.";
        }

        foreach (var id in status.NoSecrets)
        {
            yield return $"version '{id}' is no secret, so it is not presented. Write the secret itself into the backend, or set AcceptAnyValue if this is it.";
        }

        foreach (var id in status.Unrotated)
        {
            yield return $"version '{id}' holds the value of version '{status.CurrentId}': nothing was rotated. Write a new value into the backend.";
        }

        if (status.SharedWith is [var other, .. var more])
        {
            yield return more.Length == 0
                ? $"version '{status.CurrentId}' and version '{other.VersionId}' of credential '{other.CredentialName}' are the same secret: revoking it hits both. Give each a secret of its own."
                : $"version '{status.CurrentId}', version '{other.VersionId}' of credential '{other.CredentialName}' and {more.Length} more are the same secret: revoking it hits all. Give each a secret of its own.";
        }

        foreach (var id in status.Returned)
        {
            yield return $"version '{id}' is refused: its value was out of service already. Write a new value into the backend.";
        }

        foreach (var id in status.Violated)
        {
            yield return $"version '{id}' is out of service, and the other side still accepts it. Revoke it there.";
        }
    }

    private static string Time(TimeSpan time) => TimeSpan.FromSeconds(Math.Floor(time.TotalSeconds)).ToString("c", CultureInfo.InvariantCulture);
}
