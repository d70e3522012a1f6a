using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Nhi.Rotation.Testing;

/// <summary>One version of the fake provider: its stage, and its uses by consumer.</summary>
[DebuggerDisplay("{Id,nq} ({Stage})")]
internal sealed class FakeProvidedVersion
{
    private readonly ConcurrentDictionary<string, Credential> _credentials = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _uses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _holds = new(StringComparer.Ordinal);
    private readonly string _name;
    private readonly SecretValue _value;
    private volatile CredentialStage _stage = CredentialStage.Current;

    public FakeProvidedVersion(string name, string id, SecretValue value)
    {
        _name = name;
        _value = value;
        Id = id;
    }

    public string Id { get; }

    public CredentialStage Stage
    {
        get => _stage;
        set => _stage = value;
    }

    /// <summary>The version as one consumer sees it; the same object each time.</summary>
    public Credential For(string consumer) =>
        _credentials.GetOrAdd(consumer, name => new Credential(_name, Id, _value, new FakeTracker(this, name)));

    /// <summary>Lends the version to code whose reveals are no uses while it runs, and are the consumer's afterwards.</summary>
    public T Lend<T>(string consumer, Func<Credential, T> code)
    {
        var tracker = new FakeTracker(this, consumer, isLent: true);
        try
        {
            return code(new Credential(_name, Id, _value, tracker));
        }
        finally
        {
            tracker.EndLoan();
        }
    }

    public bool HasValue(ReadOnlySpan<byte> presented) => CryptographicOperations.FixedTimeEquals(new Credential(_name, Id, _value).RevealBytes().Span, presented);

    public void Count(string consumer) => _uses.AddOrUpdate(consumer, 1, (_, count) => count + 1);

    public void CountHold(string consumer, int change) => _holds.AddOrUpdate(consumer, change, (_, count) => count + change);

    public int Holds(string? consumer) => consumer is null ? _holds.Values.Sum() : _holds.GetValueOrDefault(consumer);

    public long Uses(string? consumer) => consumer is null ? _uses.Values.Sum() : _uses.GetValueOrDefault(consumer);
}
