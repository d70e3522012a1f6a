using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Testing.Tests.Conformance;

/// <summary>A token that is wrong: it calls back with every change, not once.</summary>
internal sealed class RepeatingToken(FakeCredentialBackend store, string key) : IChangeToken
{
    private volatile bool _changed;

    public bool HasChanged => _changed;

    public bool ActiveChangeCallbacks => true;

    public IDisposable RegisterChangeCallback(Action<object?> callback, object? state) => ChangeToken.OnChange(() => store.Watch(key), () =>
    {
        _changed = true;
        callback(state);
    });
}
