using Microsoft.Extensions.Diagnostics.HealthChecks;
using Nhi.Rotation.Providers;

namespace Nhi.Rotation.Health;

/// <summary>All credentials as one: as healthy as the worst of them.</summary>
internal sealed class AllCredentialsHealthCheck(CredentialRegistry registry, CredentialHealthOptions options) : IHealthCheck
{
    // So many are named in the text; the data has all of them.
    private const int Named = 5;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var worst = HealthStatus.Healthy;
        var troubles = new Dictionary<string, object>(StringComparer.Ordinal);
        var texts = new List<string>();
        foreach (var name in registry.Names)
        {
            var (health, reasons) = CredentialJudgement.Of(registry.ReadStatus(name), options);
            if (health == HealthStatus.Healthy)
            {
                continue;
            }

            worst = health < worst ? health : worst;
            troubles[name] = string.Join(" ", reasons);
            texts.Add($"Credential '{name}' is {(health == HealthStatus.Degraded ? "degraded" : "unhealthy")}: {string.Join(" ", reasons)}");
        }

        var text = texts.Count switch
        {
            0 => $"All {registry.Names.Count} credentials are healthy.",
            <= Named => string.Join(" ", texts),
            _ => $"{string.Join(" ", texts.Take(Named))} And {texts.Count - Named} more.",
        };
        return Task.FromResult(new HealthCheckResult(worst, text, data: troubles));
    }
}
