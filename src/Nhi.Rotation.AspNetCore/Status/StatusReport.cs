using System.Text.Json.Serialization;

namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>Everything the status page shows; also its JSON. Names, ids, times and counts; never a value.</summary>
internal sealed record StatusReport
{
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The worst of all credentials, also of those that are not shown.</summary>
    public required string Health { get; init; }

    /// <summary>How many credentials there are.</summary>
    public required int Total { get; init; }

    /// <summary>How many of all are unhealthy.</summary>
    public required int Unhealthy { get; init; }

    /// <summary>How many of all are degraded.</summary>
    public required int Degraded { get; init; }

    /// <summary>The worst first.</summary>
    public required IReadOnlyList<CredentialReport> Credentials { get; init; }

    /// <summary>Those that follow, for the page.</summary>
    [JsonIgnore]
    public IReadOnlyList<CredentialSummary> Rest { get; init; } = [];
}
