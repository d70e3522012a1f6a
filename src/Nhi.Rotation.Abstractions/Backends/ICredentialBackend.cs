using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation;

/// <summary>Where versions are stored. Pure I/O: no cache, no timer, no retry; the engine has those.</summary>
/// <remarks>Must be safe for concurrent use. One instance may serve many keys.</remarks>
public interface ICredentialBackend
{
    /// <summary>Lists the versions that matter: valid ones, ones about to be, and ones that just were.</summary>
    /// <param name="request">The key, and which values are known already.</param>
    /// <param name="ct">Cancels the request; pass it on.</param>
    /// <exception cref="BackendException">It failed. Any other exception is treated as a transient failure, of which only the type is reported.</exception>
    ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct);

    /// <summary>A push signal: a token that fires when the key may have changed. Asked for again after it fired, before the next listing.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The token, or <see langword="null"/> if the backend cannot signal; polling then does it all.</returns>
    IChangeToken? Watch(string key) => null;

    /// <summary>
    /// Where the key is, as the store's own change events name it: <see cref="ICredentialSignals.Signal"/> finds credentials by it. The key itself, unless
    /// the backend says otherwise.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <returns>The place, such as a secret's address; the same for the same key at all times.</returns>
    string Locate(string key) => key;
}
