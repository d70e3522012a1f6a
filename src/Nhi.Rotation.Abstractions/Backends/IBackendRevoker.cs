namespace Nhi.Rotation;

/// <summary>A backend that can also end a version in its store: revoke a lease, disable a version, delete it. An optional part of a backend.</summary>
/// <remarks>Must be safe for concurrent use, beside <see cref="ICredentialBackend.ListAsync"/> too.</remarks>
public interface IBackendRevoker : ICredentialBackend
{
    /// <summary>
    /// Whether the store makes each version for this process alone: a lease. The engine then has each one that was replaced and that nobody in this process uses any more
    /// revoked by itself, one that is declared compromised at once, and all of them when the application stops. Where it is <see langword="false"/>, the default, versions are shared with
    /// other processes, and nothing is revoked but on somebody's explicit call. Always the same for one backend.
    /// </summary>
    bool OwnsVersions => false;

    /// <summary>
    /// Ends a version, so that the other side refuses it. From then on it is listed as disabled or not at all. One that has ended already, or that the store does not know, is no error: what was
    /// wanted is so.
    /// </summary>
    /// <param name="revocation">Which version.</param>
    /// <param name="ct">Cancels the call; pass it on.</param>
    /// <exception cref="BackendException">It failed, and the version may still be valid. Any other exception is treated as a transient failure, of which only the type is reported.</exception>
    ValueTask RevokeAsync(BackendRevocation revocation, CancellationToken ct);
}
