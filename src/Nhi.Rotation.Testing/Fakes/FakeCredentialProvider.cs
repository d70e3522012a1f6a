using System.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Testing;

/// <summary>
/// A provider for tests of code that takes an <see cref="IRotatingCredentialProvider"/>: rotate it by hand, then see which version the code used.
/// Versions are numbered <c>v1</c>, <c>v2</c> and so on.
/// </summary>
/// <remarks>Safe for concurrent use. There is no clock, backend or timer: stages change only by the calls of the test.</remarks>
[DebuggerDisplay("{Name,nq} for {Consumer,nq}")]
public sealed class FakeCredentialProvider : IRotatingCredentialProvider
{
    private readonly FakeCredentialState _state;

    /// <summary>Makes a provider that has nothing to present until <see cref="RotateTo"/>.</summary>
    /// <param name="name">The credential's name.</param>
    public FakeCredentialProvider(string name)
        : this(new FakeCredentialState(name), consumer: "app")
    {
    }

    /// <summary>Makes a provider whose version <c>v1</c> is current.</summary>
    /// <param name="name">The credential's name.</param>
    /// <param name="value">The value of <c>v1</c>.</param>
    public FakeCredentialProvider(string name, string value)
        : this(name)
    {
        RotateTo(value);
    }

    private FakeCredentialProvider(FakeCredentialState state, string consumer)
    {
        _state = state;
        Consumer = consumer;
    }

    /// <inheritdoc/>
    public string Name => _state.Name;

    /// <inheritdoc/>
    public string Consumer { get; }

    /// <inheritdoc/>
    public Credential Current => Credentials.Current ?? Missing();

    /// <inheritdoc/>
    public CredentialSet Credentials => _state.SetFor(Consumer);

    /// <summary>What the code reported of versions, oldest first. A copy.</summary>
    public IReadOnlyList<ReportedOutcome> Reports => _state.Reports;

    /// <summary>How often <see cref="RefreshAsync"/> was called.</summary>
    public int Refreshes => _state.Refreshes;

    /// <summary>Makes a new version current; the one before becomes previous.</summary>
    /// <param name="value">The new value. Not empty.</param>
    /// <returns>The new version's id.</returns>
    public string RotateTo(string value) => _state.RotateTo(SecretValue.FromText(value));

    /// <summary>Ends the overlap of a replaced version: it is retired.</summary>
    /// <param name="versionId">A version that is <see cref="CredentialStage.Previous"/>.</param>
    /// <exception cref="ArgumentException">There is no such version, or it is not in overlap.</exception>
    public void Retire(string versionId) => _state.Retire(versionId);

    /// <summary>How often a version was used: revealed, read through <see cref="Derive"/>, or recognised by <see cref="Match"/> or <see cref="MatchProof"/>.</summary>
    /// <param name="versionId">The version.</param>
    /// <param name="consumer">One consumer, or <see langword="null"/> for all.</param>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public long UsesOf(string versionId, string? consumer = null) => _state.UsesOf(versionId, consumer);

    /// <summary>How many uses of a version go on: calls of <see cref="Credential.Hold()"/> that were not disposed yet.</summary>
    /// <param name="versionId">The version.</param>
    /// <param name="consumer">One consumer, or <see langword="null"/> for all.</param>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public int HoldsOf(string versionId, string? consumer = null) => _state.HoldsOf(versionId, consumer);

    /// <inheritdoc/>
    public async ValueTask<Credential> GetCurrentAsync(CancellationToken ct = default)
    {
        await _state.Loaded.WaitAsync(ct).ConfigureAwait(false);
        return Current;
    }

    /// <inheritdoc/>
    public CredentialMatch Match(ReadOnlySpan<byte> presented, string? caller = null) => _state.Match(presented, Consumer);

    /// <inheritdoc/>
    public CredentialMatch MatchProof(Func<Credential, bool> proves, string? caller = null)
    {
        ArgumentNullException.ThrowIfNull(proves);
        return _state.MatchProof(proves, Consumer);
    }

    /// <inheritdoc/>
    public void Report(Credential credential, CredentialOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(credential);
        _state.Report(new ReportedOutcome(credential.VersionId, outcome));
    }

    /// <summary>Counts the call and gives the present set: a fake has no backend to ask.</summary>
    /// <param name="reason">Why; ignored.</param>
    /// <param name="ct">Ignored: the call never waits.</param>
    /// <returns>The present set.</returns>
    public ValueTask<CredentialSet> RefreshAsync(RefreshReason reason, CancellationToken ct = default)
    {
        _state.CountRefresh();
        return ValueTask.FromResult(Credentials);
    }

    /// <summary>Revokes a version; if it was current, the version replaced last takes its place, or nothing does.</summary>
    /// <param name="versionId">The version.</param>
    /// <param name="why">Ignored.</param>
    /// <param name="ct">Ignored: the call never waits.</param>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public ValueTask RevokeAsync(string versionId, string why, CancellationToken ct = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(versionId);
        ArgumentException.ThrowIfNullOrEmpty(why);
        _state.Revoke(versionId);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public IRotatingCredentialProvider ForConsumer(string consumer)
    {
        ArgumentException.ThrowIfNullOrEmpty(consumer);
        return new FakeCredentialProvider(_state, consumer);
    }

    /// <inheritdoc/>
    public IDerived<T> Derive<T>(Func<Credential, T> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var derived = new FakeDerived<T>(this, build);
        _state.OnPublished(derived.Build);
        return derived;
    }

    /// <inheritdoc/>
    public IChangeToken GetChangeToken() => _state.ChangeToken;

    /// <summary>Name and consumer.</summary>
    public override string ToString() => $"{Name} for {Consumer}";

    internal bool Knows(string versionId) => _state.Knows(versionId);

    private Credential Missing() =>
        throw new CredentialUnavailableException(Name, "the fake provider has nothing to present", "Call RotateTo in the test, or expect this error.");
}
