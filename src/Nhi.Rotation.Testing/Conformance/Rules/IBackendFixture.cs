namespace Nhi.Rotation.Testing;

/// <summary>
/// What the author of a backend writes to run <see cref="BackendConformance"/>: the backend, and a way to change the store behind it. The members
/// with a default are for what not every store can do; the rules that need one that is not implemented report <see cref="ConformanceVerdict.NotApplicable"/>.
/// </summary>
/// <remarks>A change is complete when the call returns: the next listing must be able to see it.</remarks>
public interface IBackendFixture
{
    /// <summary>The backend under test; always the same one.</summary>
    ICredentialBackend Backend { get; }

    /// <summary>
    /// How long a rule waits for what should happen at once: the answer to a cancellation, a watch signal. A rule as a whole gets twelve times as
    /// much. 5 s unless overridden.
    /// </summary>
    TimeSpan Patience => TimeSpan.FromSeconds(5);

    /// <summary>A key that the store does not have, a new one each time.</summary>
    string NewKey();

    /// <summary>Stores a new, enabled version, which becomes the newest one.</summary>
    /// <param name="key">The key; it may not exist yet.</param>
    /// <param name="value">The value, less than 1 KiB as UTF-8.</param>
    /// <param name="ct">Cancels the change.</param>
    ValueTask PutAsync(string key, string value, CancellationToken ct);

    /// <summary>Stores a new, enabled version with a binary value.</summary>
    /// <param name="key">The key; it may not exist yet.</param>
    /// <param name="value">The value, less than 1 KiB.</param>
    /// <param name="ct">Cancels the change.</param>
    /// <returns><see langword="false"/> if the store holds only text.</returns>
    ValueTask<bool> TryPutBinaryAsync(string key, ReadOnlyMemory<byte> value, CancellationToken ct) => ValueTask.FromResult(false);

    /// <summary>Disables a version.</summary>
    /// <param name="key">The key.</param>
    /// <param name="versionId">An id that the backend listed.</param>
    /// <param name="ct">Cancels the change.</param>
    /// <returns><see langword="false"/> if the store cannot disable a version.</returns>
    ValueTask<bool> TryDisableAsync(string key, string versionId, CancellationToken ct) => ValueTask.FromResult(false);

    /// <summary>Has the store say that a version is compromised, so that the backend lists it with <see cref="BackendVersion.RevokedBecause"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="versionId">An id that the backend listed.</param>
    /// <param name="ct">Cancels the change.</param>
    /// <returns><see langword="false"/> if the store cannot say so.</returns>
    ValueTask<bool> TryRevokeAsync(string key, string versionId, CancellationToken ct) => ValueTask.FromResult(false);

    /// <summary>Deletes a version.</summary>
    /// <param name="key">The key.</param>
    /// <param name="versionId">An id that the backend listed.</param>
    /// <param name="ct">Cancels the change.</param>
    /// <returns><see langword="false"/> if the store cannot delete a version.</returns>
    ValueTask<bool> TryRemoveAsync(string key, string versionId, CancellationToken ct) => ValueTask.FromResult(false);

    /// <summary>Makes the store answer every call with a failure until the result is disposed.</summary>
    /// <param name="failure">
    /// The kind. For <see cref="BackendFailure.InvalidContent"/> let the store answer with malformed content that contains the last value put: the
    /// backend's error must not repeat it.
    /// </param>
    /// <returns><see langword="null"/> if the store cannot be made to fail in this way.</returns>
    IDisposable? TryFail(BackendFailure failure) => null;

    /// <summary>Makes the store not answer at all until the result is disposed.</summary>
    /// <returns><see langword="null"/> if the store cannot be blocked.</returns>
    IDisposable? TryBlock() => null;

    /// <summary>How many calls have reached the store so far, or <see langword="null"/> if that is not counted.</summary>
    long? StoreCalls => null;

    /// <summary>How many values the store has given out so far, or <see langword="null"/> if that is not counted.</summary>
    long? ValuesFetched => null;
}
