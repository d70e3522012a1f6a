using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Testing;

/// <summary>
/// A backend in memory that a test scripts: versions come, change and go, calls fail or wait, the watch signal fires when told to. It records what it
/// was asked. Versions of a key are numbered <c>v1</c>, <c>v2</c> and so on.
/// </summary>
/// <remarks>Safe for concurrent use. Changes do not signal by themselves; call <see cref="Signal"/>.</remarks>
#pragma warning disable CA1001 // A block is disposed by the test that made it.
public sealed class FakeCredentialBackend : IBatchCredentialBackend, IBackendRevoker
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<string, FakeKey> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WatchSignal> _signals = new(StringComparer.Ordinal);
    private readonly List<BackendRequest> _requests = [];
    private readonly List<BackendRevocation> _revocations = [];
    private Func<BackendRequest, Exception>? _failure;
    private int _failures;
    private BlockedCalls? _block;
    private long _valuesGiven;

    /// <summary>Makes an empty backend.</summary>
    /// <param name="time">Dates the versions.</param>
    public FakeCredentialBackend(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
    }

    /// <summary>The most keys one call may carry: 100, so that a test sees batches and can exceed one.</summary>
    public int MaxBatchSize => 100;

    /// <summary>All requests so far, oldest first; those of a batch one by one. A copy.</summary>
    public IReadOnlyList<BackendRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Default <see langword="false"/>. With <see langword="true"/> each version is a lease, which the engine gives back by itself.</remarks>
    public bool OwnsVersions { get; init; }

    /// <summary>All versions that it was asked to revoke and did, in this order. A copy.</summary>
    public IReadOnlyList<BackendRevocation> Revocations
    {
        get
        {
            lock (_gate)
            {
                return [.. _revocations];
            }
        }
    }

    /// <summary>How many values were given out so far. Values of known versions are not.</summary>
    public long ValuesGiven
    {
        get
        {
            lock (_gate)
            {
                return _valuesGiven;
            }
        }
    }

    /// <summary>Adds a version with a text value; the key is made if it is new.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value. Not empty.</param>
    /// <returns>The version's id.</returns>
    public string Add(string key, string value) => Add(key, SecretValue.FromText(value));

    /// <summary>Adds a version with a binary value; the key is made if it is new.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value. Not empty.</param>
    /// <returns>The version's id.</returns>
    public string Add(string key, ReadOnlySpan<byte> value) => Add(key, SecretValue.FromBytes(value));

    /// <summary>Disables a version, or enables it again.</summary>
    /// <param name="key">The key.</param>
    /// <param name="versionId">The version.</param>
    /// <param name="isEnabled">Whether it is enabled from now on.</param>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public void SetEnabled(string key, string versionId, bool isEnabled) => Change(key, versionId, version => version with { IsEnabled = isEnabled });

    /// <summary>Has the store itself say that a version is compromised, or take it back.</summary>
    /// <param name="key">The key.</param>
    /// <param name="versionId">The version.</param>
    /// <param name="why">Why, or <see langword="null"/> to take it back.</param>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public void SetRevoked(string key, string versionId, string? why) => Change(key, versionId, version => version with { RevokedBecause = why });

    /// <summary>Labels a version. A label other than <see cref="VersionLabel.None"/> moves there from the version that had it, as in AWS Secrets Manager.</summary>
    /// <param name="key">The key.</param>
    /// <param name="versionId">The version.</param>
    /// <param name="label">The label.</param>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public void SetLabel(string key, string versionId, VersionLabel label)
    {
        lock (_gate)
        {
            var found = Find(key);
            found.Change(versionId, version => version with { Label = label }, others: version => version.Label == label ? version with { Label = VersionLabel.None } : version);
        }
    }

    /// <summary>Sets when a version is valid.</summary>
    /// <param name="key">The key.</param>
    /// <param name="versionId">The version.</param>
    /// <param name="notBefore">From when on, or <see langword="null"/> for no start.</param>
    /// <param name="expiresOn">Until when, or <see langword="null"/> for no end.</param>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public void SetValidity(string key, string versionId, DateTimeOffset? notBefore, DateTimeOffset? expiresOn) =>
        Change(key, versionId, version => version with { NotBefore = notBefore, ExpiresOn = expiresOn });

    /// <summary>Removes a version. A key without versions is not found.</summary>
    /// <param name="key">The key.</param>
    /// <param name="versionId">The version.</param>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public void Remove(string key, string versionId) => Change(key, versionId, _ => null);

    /// <summary>Makes the next requests fail with a <see cref="BackendException"/> that names their credential.</summary>
    /// <param name="count">How many; 0 ends it. Those of a batch count one by one.</param>
    /// <param name="failure">The kind of failure.</param>
    public void FailNext(int count, BackendFailure failure) =>
        FailNext(count, request => new BackendException(request.CredentialName, failure, "the fake backend was told to fail", "Call FailNext(0, ...) to end it."));

    /// <summary>Makes the next requests fail with an error of the test's choice.</summary>
    /// <param name="count">How many; 0 ends it. Those of a batch count one by one; one that is not a <see cref="BackendException"/> fails the whole batch.</param>
    /// <param name="error">Makes the error.</param>
    public void FailNext(int count, Func<BackendRequest, Exception> error)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(error);
        lock (_gate)
        {
            _failures = count;
            _failure = error;
        }
    }

    /// <summary>Blocks calls from now on, until the result is disposed.</summary>
    /// <exception cref="InvalidOperationException">Calls are blocked already.</exception>
    public BlockedCalls Block()
    {
        lock (_gate)
        {
            if (_block is { IsReleased: false })
            {
                throw new InvalidOperationException("Calls are blocked already. Dispose the first block before the next one.");
            }

            return _block = new BlockedCalls();
        }
    }

    /// <summary>Fires the watch token of a key.</summary>
    /// <param name="key">The key.</param>
    public void Signal(string key) => SignalOf(key).Fire();

    /// <inheritdoc/>
    public IChangeToken? Watch(string key) => SignalOf(key).Token;

    /// <inheritdoc/>
    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        await EnterAsync([request], ct).ConfigureAwait(false);
        return List(request);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are no requests, or more than <see cref="MaxBatchSize"/>.</exception>
    public async ValueTask<IReadOnlyList<BackendResult>> ListManyAsync(IReadOnlyList<BackendRequest> requests, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(requests);
        if (requests.Count is 0 || requests.Count > MaxBatchSize)
        {
            throw new ArgumentException($"A batch has 1 to {MaxBatchSize} requests, not {requests.Count}.", nameof(requests));
        }

        await EnterAsync(requests, ct).ConfigureAwait(false);
        return [.. requests.Select(TryList)];
    }

    /// <inheritdoc/>
    /// <remarks>The version is disabled.</remarks>
    public async ValueTask RevokeAsync(BackendRevocation revocation, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(revocation);
        await EnterAsync([], ct).ConfigureAwait(false);
        lock (_gate)
        {
            ThrowIfFailing(new BackendRequest(revocation.CredentialName, revocation.Key));
            _revocations.Add(revocation);
            _keys.GetValueOrDefault(revocation.Key)?.TryDisable(revocation.VersionId);
        }
    }

    private string Add(string key, SecretValue value)
    {
        ArgumentNullException.ThrowIfNull(key);
        lock (_gate)
        {
            if (!_keys.TryGetValue(key, out var found))
            {
                _keys[key] = found = new FakeKey();
            }

            return found.Add(value, _time.GetUtcNow());
        }
    }

    private void Change(string key, string versionId, Func<FakeVersion, FakeVersion?> change)
    {
        lock (_gate)
        {
            Find(key).Change(versionId, change);
        }
    }

    private FakeKey Find(string key) =>
        _keys.GetValueOrDefault(key) ?? throw new ArgumentException($"The fake backend has no key '{key}'. Add a version first.", nameof(key));

    private WatchSignal SignalOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        lock (_gate)
        {
            if (!_signals.TryGetValue(key, out var signal))
            {
                _signals[key] = signal = new WatchSignal();
            }

            return signal;
        }
    }

    private static BackendRequest Copy(BackendRequest request) => new(request.CredentialName, request.Key, request.KnownVersionIds.ToFrozenSet()) { RejectedVersionIds = request.RejectedVersionIds.ToFrozenSet(), TakesExpired = request.TakesExpired };

    private async ValueTask EnterAsync(IReadOnlyList<BackendRequest> requests, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        BlockedCalls? block;
        lock (_gate)
        {
            // The caller may reuse its sets of ids, so what is recorded is a copy.
            _requests.AddRange(requests.Select(Copy));
            block = _block;
        }

        if (block is not null)
        {
            await block.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    private BackendResult TryList(BackendRequest request)
    {
        try
        {
            return new BackendResult(List(request));
        }
        catch (BackendException error)
        {
            return new BackendResult(error);
        }
    }

    private BackendListing List(BackendRequest request)
    {
        lock (_gate)
        {
            ThrowIfFailing(request);
            var listing = _keys.GetValueOrDefault(request.Key)?.List(request.KnownVersionIds)
                ?? throw new BackendException(request.CredentialName, BackendFailure.NotFound, $"the fake backend has no versions of '{request.Key}'", "Call Add first.");
            _valuesGiven += listing.Versions.Count(version => version.Value is not null);
            return listing;
        }
    }

    private void ThrowIfFailing(BackendRequest request)
    {
        if (_failures > 0)
        {
            _failures--;
            throw _failure!(request);
        }
    }
}
