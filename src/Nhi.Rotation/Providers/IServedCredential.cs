using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>The credential behind its views: what they hand on of what they are asked.</summary>
internal interface IServedCredential
{
    string Name { get; }

    /// <summary>Starts refreshing, if nobody has.</summary>
    void EnsureStarted();

    /// <summary>Ends when something can be presented.</summary>
    /// <exception cref="CredentialUnavailableException">Nothing can, and waiting longer is of no use.</exception>
    ValueTask WaitUntilPresentableAsync(CancellationToken ct);

    /// <summary>Why nothing can be presented.</summary>
    CredentialUnavailableException Unavailable();

    /// <summary>The picture that a consumer's view shows from now on.</summary>
    CredentialSet Picture(string consumer);

    IRotatingCredentialProvider ViewFor(string consumer);

    IChangeToken GetChangeToken();

    Task<FlightResult> RefreshAsync(RefreshReason reason, CancellationToken ct);

    ValueTask RevokeAsync(string versionId, string why, CancellationToken ct);

    void Report(Credential credential, CredentialOutcome outcome, string? asFarAs);

    CredentialMatch Match(ReadOnlySpan<byte> presented, string consumer, string? caller);

    CredentialMatch MatchProof(Func<Credential, bool> proves, string consumer, string? caller);

    /// <summary>A version for building, if its value is still there.</summary>
    (Credential Credential, LentTracker Loan)? Lend(string versionId, string consumer);

    /// <summary>Something was built from a version, for somebody.</summary>
    void NoteBuilt(string versionId, string consumer, object built, bool isShared);

    void DeriveFailed(string versionId, Exception error);
}
