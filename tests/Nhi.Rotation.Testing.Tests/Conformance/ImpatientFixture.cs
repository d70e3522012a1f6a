using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Testing.Tests.Conformance;

/// <summary>A fixture with nothing but what it must have, around a backend that can list one key at a time.</summary>
internal sealed class ImpatientFixture(ICredentialBackend? inner) : IBackendFixture, ICredentialBackend
{
    private readonly FakeCredentialBackend _store = new(TimeProvider.System);
    private int _keys;

    public ICredentialBackend Backend => inner ?? this;

    public TimeSpan Patience => TimeSpan.FromMilliseconds(inner is null ? 5000 : 50);

    public string NewKey() => $"key-{Interlocked.Increment(ref _keys)}";

    public ValueTask PutAsync(string key, string value, CancellationToken ct)
    {
        _store.Add(key, value);
        return ValueTask.CompletedTask;
    }

    public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct) => _store.ListAsync(request, ct);

    IChangeToken? ICredentialBackend.Watch(string key) => null;
}
