namespace Nhi.Rotation;

/// <summary>The answer to one request of a batch: a listing or an error.</summary>
public sealed class BackendResult
{
    /// <summary>A request that succeeded.</summary>
    /// <param name="listing">The listing.</param>
    public BackendResult(BackendListing listing)
    {
        ArgumentNullException.ThrowIfNull(listing);
        Listing = listing;
    }

    /// <summary>A request that failed.</summary>
    /// <param name="error">The error, naming the credential of that request.</param>
    public BackendResult(BackendException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Error = error;
    }

    /// <summary>The listing, or <see langword="null"/> after an error.</summary>
    public BackendListing? Listing { get; }

    /// <summary>The error, or <see langword="null"/> after success.</summary>
    public BackendException? Error { get; }
}
