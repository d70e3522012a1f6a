using System.Collections.Concurrent;

namespace Nhi.Rotation.Testing.Tests.Conformance;

/// <summary>The fake backend with everything a fixture can do, or a broken backend in front of it.</summary>
internal sealed class FakeFixture : IBackendFixture
{
    private int _keys;

    public FakeFixture(Func<FakeFixture, ICredentialBackend>? breakIt = null)
    {
        Backend = breakIt?.Invoke(this) ?? Store;
    }

    public FakeCredentialBackend Store { get; } = new(TimeProvider.System);

    public ICredentialBackend Backend { get; }

    // Long enough for a busy machine; only checks that fail wait for it.
    public TimeSpan Patience => TimeSpan.FromSeconds(2);

    public long? StoreCalls => Store.Requests.Count;

    public long? ValuesFetched => Store.ValuesGiven;

    /// <summary>Text values by key and the store's version id.</summary>
    public ConcurrentDictionary<(string Key, string Id), string> Values { get; } = new();

    /// <summary>What a broken backend took out of the store.</summary>
    public ConcurrentDictionary<(string Key, string Id), bool> Removed { get; } = new();

    /// <summary>The store's id behind an id that a broken backend changed.</summary>
    public Func<string, string> StoreId { get; set; } = id => id;

    public string NewKey() => $"key-{Interlocked.Increment(ref _keys)}";

    public bool HasKey(string key) => Values.Keys.Any(known => known.Key == key);

    public ValueTask PutAsync(string key, string value, CancellationToken ct)
    {
        Values[(key, Store.Add(key, value))] = value;
        Store.Signal(key);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> TryPutBinaryAsync(string key, ReadOnlyMemory<byte> value, CancellationToken ct)
    {
        Store.Add(key, value.Span);
        Store.Signal(key);
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> TryDisableAsync(string key, string versionId, CancellationToken ct)
    {
        Store.SetEnabled(key, StoreId(versionId), isEnabled: false);
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> TryRevokeAsync(string key, string versionId, CancellationToken ct)
    {
        Store.SetRevoked(key, StoreId(versionId), "leaked");
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> TryRemoveAsync(string key, string versionId, CancellationToken ct)
    {
        Store.Remove(key, StoreId(versionId));
        return ValueTask.FromResult(true);
    }

    public IDisposable TryFail(BackendFailure failure)
    {
        Store.FailNext(int.MaxValue, failure);
        return new EndOfFailure(Store);
    }

    public IDisposable TryBlock() => Store.Block();

    private sealed class EndOfFailure(FakeCredentialBackend store) : IDisposable
    {
        public void Dispose() => store.FailNext(0, BackendFailure.Unavailable);
    }
}
