namespace Nhi.Rotation;

/// <summary>
/// Takes word from outside that a stored value may have changed: from a webhook, a queue, a message bus. Backends that hear of changes themselves use
/// <see cref="ICredentialBackend.Watch"/> instead.
/// </summary>
/// <remarks>
/// A signal only ever asks: the backend is the one that says what is true. Signals coalesce: whatever comes while a refresh is under way leads to one
/// refresh after it, and a storm of signals to at most one refresh a second for each credential. Safe for concurrent use.
/// </remarks>
public interface ICredentialSignals
{
    /// <summary>Asks for a refresh, with <see cref="RefreshReason.Signal"/>, of every credential that is stored at a place. Returns at once.</summary>
    /// <param name="location">The place, as <see cref="ICredentialBackend.Locate"/> gives it. Case does not count.</param>
    /// <returns>The names of these credentials; empty if none is stored there, and then nothing was asked.</returns>
    IReadOnlyList<string> Signal(string location);
}
