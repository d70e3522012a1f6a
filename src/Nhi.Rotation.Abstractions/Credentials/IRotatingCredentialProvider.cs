using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation;

/// <summary>What an app holds of one credential: it always gives a version that works, while the secret behind it is rotated.</summary>
/// <remarks>
/// All members are safe for concurrent use. Get it from dependency injection with <c>[FromKeyedServices("name")]</c>. Do not cache what it
/// returns beyond one operation; ask again, it costs a field read.
/// </remarks>
public interface IRotatingCredentialProvider
{
    /// <summary>The credential's name, as registered.</summary>
    string Name { get; }

    /// <summary>The part of the app whose uses are counted through this provider.</summary>
    string Consumer { get; }

    /// <summary>The version to present now. Lock-free; does not count a use until it is revealed.</summary>
    /// <exception cref="CredentialUnavailableException">Nothing is presentable: not loaded yet, expired, or revoked without a replacement.</exception>
    Credential Current { get; }

    /// <summary>All versions at this moment. Never throws; empty before the first load.</summary>
    CredentialSet Credentials { get; }

    /// <summary>The version to present now; waits for the first load if it has not happened.</summary>
    /// <param name="ct">Cancels the wait, not the load.</param>
    /// <exception cref="CredentialUnavailableException">The first load failed for good or took too long, or nothing is presentable.</exception>
    ValueTask<Credential> GetCurrentAsync(CancellationToken ct = default);

    /// <summary>
    /// Compares a value that somebody presented to us with every version, in time that depends only on its length. Counts a use of the version it
    /// recognises, accepted or not, by <paramref name="caller"/>.
    /// </summary>
    /// <param name="presented">The value, as bytes (text as UTF-8).</param>
    /// <param name="caller">Who presented it, for the evidence. The number of distinct callers kept is bounded; the rest are counted as <c>other</c>.</param>
    CredentialMatch Match(ReadOnlySpan<byte> presented, string? caller = null);

    /// <summary>
    /// Finds the version that somebody proves to have without presenting it, by a signature for example. Asks about every version whose value is held,
    /// those out of service too, and does not stop at the first that fits. Counts a use of the version it recognises, accepted or not, by
    /// <paramref name="caller"/>; of several that fit, the current one comes first and those out of service last.
    /// </summary>
    /// <param name="proves">
    /// Whether the proof was made with this version. Its reveals are not counted: trying a version is not using it. Compare in constant time. What it throws comes out of this call.
    /// </param>
    /// <param name="caller">Who gave the proof, for the evidence; bounded as in <see cref="Match"/>.</param>
    /// <remarks>A value is dropped when its version is revoked, or retired and no longer listed, so a proof made with one of those is not recognised.</remarks>
    CredentialMatch MatchProof(Func<Credential, bool> proves, string? caller = null);

    /// <summary>Tells what the other side said of a version. Rejections of the current version ask for one refresh, and lead to fallback if they persist.</summary>
    /// <param name="credential">The version that was presented.</param>
    /// <param name="outcome">What the other side said.</param>
    void Report(Credential credential, CredentialOutcome outcome);

    /// <summary>The same, with what the outcome rests on. It is kept only when the outcome is news.</summary>
    /// <param name="credential">The version that was presented.</param>
    /// <param name="outcome">What the other side said.</param>
    /// <param name="asFarAs">For <see cref="CredentialOutcome.Answered"/>, what was answered: <c>200 from GET /open</c>. It stands in evidence and reasons, so never a value.</param>
    void Report(Credential credential, CredentialOutcome outcome, string? asFarAs) => Report(credential, outcome);

    /// <summary>Asks the backend now. Concurrent calls share one request.</summary>
    /// <param name="reason">Why. <see cref="RefreshReason.Rejection"/> is rate-limited and returns the present set when over the limit.</param>
    /// <param name="ct">Cancels the wait, not the refresh, which others may share.</param>
    /// <returns>The set after the refresh.</returns>
    /// <exception cref="BackendException">The backend failed or its answer was refused. The last good set stays.</exception>
    ValueTask<CredentialSet> RefreshAsync(RefreshReason reason, CancellationToken ct = default);

    /// <summary>
    /// Declares a version compromised: from this call on it is neither presented nor accepted, even if the backend still lists it. The most recent
    /// presentable version takes its place at once, and the backend is asked for a newer one.
    /// </summary>
    /// <param name="versionId">The version. It need not be known yet.</param>
    /// <param name="why">For the log and the evidence. Never the value.</param>
    /// <param name="ct">Cancels the wait for the refresh; the revocation has then already happened.</param>
    ValueTask RevokeAsync(string versionId, string why, CancellationToken ct = default);

    /// <summary>The same credential for a named part of the app, so that its uses are told apart.</summary>
    /// <param name="consumer">The name: an HttpClient's, a data source's, a class's. Their number is bounded; the rest share <c>other</c>.</param>
    IRotatingCredentialProvider ForConsumer(string consumer);

    /// <summary>Builds something from the value once per version, instead of once per use.</summary>
    /// <typeparam name="T">What is built.</typeparam>
    /// <param name="build">
    /// Builds it. Called once for each version that becomes current, possibly more often when versions change concurrently; the reveal in it is not
    /// counted, reading <see cref="IDerived{T}.Current"/> is.
    /// </param>
    IDerived<T> Derive<T>(Func<Credential, T> build);

    /// <summary>A token that fires once when the next set is published.</summary>
    IChangeToken GetChangeToken();
}
