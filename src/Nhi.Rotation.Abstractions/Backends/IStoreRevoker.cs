namespace Nhi.Rotation;

/// <summary>
/// Ends versions in their stores, for all that read them, when a person asks for it: an operator's endpoint, a console, a script. Nothing in this library calls it by itself, and nothing should without somebody who decides.
/// </summary>
/// <remarks>Get it from dependency injection. Safe for concurrent use. It works where the backend is an <see cref="IBackendRevoker"/>; what ending means in a store, and what it needs, is on the page of its package.</remarks>
public interface IStoreRevoker
{
    /// <summary>
    /// Revokes a version in this process, as <see cref="IRotatingCredentialProvider.RevokeAsync"/> does, and ends it in its store; then the store is asked what it has now. Other processes follow with their next refresh.
    /// </summary>
    /// <param name="credentialName">The credential.</param>
    /// <param name="versionId">The version. It need not be known.</param>
    /// <param name="why">For the log and the evidence, with who asked for it. Never the value.</param>
    /// <param name="evenIfLast">
    /// Ends it although nothing else can be presented here. Without this, <see langword="false"/>, that is refused: every process that reads the store would be left with nothing. Leases are not
    /// concerned: the store makes another one.
    /// </param>
    /// <param name="ct">Cancels the call. A revocation in this process that has begun stands.</param>
    /// <returns>Whether this process has seen the version. If not, it was asked for all the same; a store takes no offence at an id that it does not have, so it may be a typo.</returns>
    /// <exception cref="LastVersionException">It is the only version that can be presented here. Nothing was done.</exception>
    /// <exception cref="BackendException">
    /// The backend has no way to end a version, and nothing was done; or the store refused or failed: then the message says that the version is revoked in this process and may still be valid elsewhere. Call again.
    /// </exception>
    /// <exception cref="CredentialUnavailableException">No such credential is registered.</exception>
    ValueTask<bool> RevokeAsync(string credentialName, string versionId, string why, bool evenIfLast = false, CancellationToken ct = default);
}
