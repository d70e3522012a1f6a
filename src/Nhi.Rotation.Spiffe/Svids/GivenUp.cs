namespace Nhi.Rotation.Spiffe.Svids;

/// <summary>An identity that was taken back and is given up at once: what is known of it is out of service.</summary>
internal static class GivenUp
{
    public static bool Means(BackendException error, BackendRequest request) =>
        request.KnownVersionIds.Count > 0 && (error.Failure is BackendFailure.AccessDenied or BackendFailure.NotFound);

    public static BackendListing Listing(BackendRequest request) =>
        new([.. request.KnownVersionIds.Select(static id => new BackendVersion(id, value: null) { IsEnabled = false })]) { IsComplete = false };
}
