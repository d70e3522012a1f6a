namespace Nhi.Rotation.Benchmarks.Support;

/// <summary>Always lists the same versions.</summary>
internal sealed class MemoryBackend(params BackendVersion[] versions) : ICredentialBackend
{
    private readonly BackendListing _listing = new(versions);

    public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct) => ValueTask.FromResult(_listing);
}
