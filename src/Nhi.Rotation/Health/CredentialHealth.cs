using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Nhi.Rotation;

/// <summary>How one credential is doing.</summary>
/// <param name="CredentialName">The credential.</param>
/// <param name="Status">Unhealthy: nothing can be presented. Degraded: it works, and somebody should look.</param>
/// <param name="Reasons">Why it is not healthy, as sentences for people; no values.</param>
public sealed record CredentialHealth(string CredentialName, HealthStatus Status, IReadOnlyList<string> Reasons);
