using Microsoft.Extensions.Diagnostics.HealthChecks;
using Nhi.Rotation.Providers;

namespace Nhi.Rotation.Health;

/// <summary>One credential's health. Reads what the engine knows; asks nobody.</summary>
internal sealed class CredentialHealthCheck(CredentialRegistry registry, string name, CredentialHealthOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = registry.ReadStatus(name);
        var (health, reasons) = CredentialJudgement.Of(status, options);
        var data = new Dictionary<string, object>
        {
            ["refresh_failures"] = status.Failures,
            ["watch"] = status.Watch.IsWatched ? "watching" : "polling",
            ["poll_interval_seconds"] = status.PollInterval.TotalSeconds,
        };
        if (status.Watch.Why is { } why)
        {
            data["polling_because"] = why;
        }

        if (status.CurrentId is { } current)
        {
            data["version"] = current;
        }

        if (status.TimeToExpiry is { } left)
        {
            data["expires_in_seconds"] = Math.Floor(left.TotalSeconds);
        }

        return Task.FromResult(new HealthCheckResult(
            health, reasons.Count == 0 ? $"Version '{status.CurrentId}' is current." : string.Join(" ", reasons.Select(Sentence)), data: data));
    }

    private static string Sentence(string reason) => char.ToUpperInvariant(reason[0]) + reason[1..];
}
