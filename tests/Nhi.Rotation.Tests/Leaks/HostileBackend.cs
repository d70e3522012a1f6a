using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Tests.Leaks;

/// <summary>A custom backend that puts values where they do not belong.</summary>
internal sealed class HostileBackend : ICredentialBackend
{
    public Func<BackendListing> List { get; set; } = static () => throw new InvalidOperationException();

    public Func<IChangeToken?> Signal { get; set; } = static () => null;

    public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct) => ValueTask.FromResult(List());

    public IChangeToken? Watch(string key) => Signal();
}
