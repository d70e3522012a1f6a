using System.Collections.Concurrent;

namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>How often each operation was asked for.</summary>
public sealed class CallCounter
{
    private readonly ConcurrentDictionary<VaultOperation, int> _calls = new();
    private readonly ConcurrentQueue<string> _versions = new();
    private int _challenges;

    /// <summary>Authenticated requests of one kind.</summary>
    public int this[VaultOperation operation] => _calls.GetValueOrDefault(operation);

    /// <summary>Authenticated requests to the vault.</summary>
    public int Vault => _calls.Where(calls => calls.Key != VaultOperation.Token).Sum(calls => calls.Value);

    /// <summary>Requests that were answered with 401 and a challenge.</summary>
    public int Challenges => _challenges;

    /// <summary>The versions that were got, in order.</summary>
    public string[] Got => [.. _versions];

    public void Count(VaultOperation operation) => _calls.AddOrUpdate(operation, 1, (_, calls) => calls + 1);

    public void CountGet(string version) => _versions.Enqueue(version);

    public void CountChallenge() => Interlocked.Increment(ref _challenges);

    public void Reset()
    {
        _calls.Clear();
        _versions.Clear();
        _challenges = 0;
    }
}
