namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>Everything the status page shows; also its JSON. Names, ids, times and counts; never a value.</summary>
internal sealed record StatusReport
{
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>The worst of all credentials, also of those that are not shown.</summary>
    public required string Health { get; init; }

    /// <summary>How many credentials there are.</summary>
    public required int Total { get; init; }

    /// <summary>The worst first.</summary>
    public required IReadOnlyList<CredentialReport> Credentials { get; init; }
}
