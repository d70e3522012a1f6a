namespace Nhi.Rotation;

/// <summary>A backend that can list many keys in one call. Refreshes that fall due together are then sent together.</summary>
public interface IBatchCredentialBackend : ICredentialBackend
{
    /// <summary>The most keys one call may carry; at least 1.</summary>
    int MaxBatchSize { get; }

    /// <summary>Lists many keys.</summary>
    /// <param name="requests">At most <see cref="MaxBatchSize"/>.</param>
    /// <param name="ct">Cancels the call; pass it on.</param>
    /// <returns>One result a request, in the same order.</returns>
    /// <exception cref="BackendException">The call as a whole failed.</exception>
    ValueTask<IReadOnlyList<BackendResult>> ListManyAsync(IReadOnlyList<BackendRequest> requests, CancellationToken ct);
}
