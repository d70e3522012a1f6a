namespace Nhi.Rotation.Refreshing;

/// <summary>A credential, as the scheduler sees it.</summary>
internal interface IRefreshTarget
{
    string Name { get; }

    string Key { get; }

    ICredentialBackend Backend { get; }

    RefreshPolicy Policy { get; }

    BackendRequest NewRequest();

    /// <summary>Takes a listing in.</summary>
    /// <exception cref="BackendException">The listing was refused.</exception>
    NextStep TakeListing(BackendListing listing);

    /// <summary>Time passed.</summary>
    NextStep Tick();

    /// <summary>Probes one version and takes the result in. Does not throw but for cancellation.</summary>
    ValueTask<NextStep> ProbeAsync(string versionId, CancellationToken ct);

    /// <summary>Asks the other side about a version out of service and takes the result in. Does not throw but for cancellation.</summary>
    ValueTask<NextStep> ProveRetirementAsync(string versionId, CancellationToken ct);
}
