using System.Collections.Concurrent;
using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Tests.Http;

/// <summary>A provider that does what the test says, and remembers what it was asked.</summary>
internal sealed class ScriptedProvider : IRotatingCredentialProvider
{
    private readonly Script _script;

    public ScriptedProvider(string name)
        : this(new Script(name), consumer: string.Empty)
    {
    }

    private ScriptedProvider(Script script, string consumer)
    {
        _script = script;
        Consumer = consumer;
    }

    public string Name => _script.Name;

    public string Consumer { get; }

    public Credential Current => Credentials.Current ?? throw new CredentialUnavailableException(Name, "nothing is loaded", "Wait.");

    public CredentialSet Credentials => _script.Snapshot(Consumer);

    /// <summary>What a refresh does. By default nothing changes.</summary>
    public Func<CancellationToken, Task> OnRefresh
    {
        get => _script.OnRefresh;
        set => _script.OnRefresh = value;
    }

    public int RefreshCalls => _script.RefreshCalls;

    public int Derivations => _script.Derivations;

    public IReadOnlyCollection<(string VersionId, CredentialOutcome Outcome)> Reports => _script.Reports;

    /// <summary>Makes a version current, and the present one previous.</summary>
    public ScriptedProvider Rotate(string versionId, string value)
    {
        _script.Rotate(versionId, value);
        return this;
    }

    public void Revoke(string versionId) => _script.Stages[versionId] = CredentialStage.Revoked;

    public int Uses(string consumer, string versionId) => _script.Uses.GetValueOrDefault((consumer, versionId));

    public async ValueTask<Credential> GetCurrentAsync(CancellationToken ct = default)
    {
        await _script.Loaded.Task.WaitAsync(ct);
        return Current;
    }

    public void Report(Credential credential, CredentialOutcome outcome) => _script.Reports.Enqueue((credential.VersionId, outcome));

    public async ValueTask<CredentialSet> RefreshAsync(RefreshReason reason, CancellationToken ct = default)
    {
        Assert.Equal(RefreshReason.Rejection, reason);
        Interlocked.Increment(ref _script.RefreshCalls);
        await _script.OnRefresh(ct);
        return Credentials;
    }

    public IRotatingCredentialProvider ForConsumer(string consumer) => new ScriptedProvider(_script, consumer);

    public IDerived<T> Derive<T>(Func<Credential, T> build)
    {
        Interlocked.Increment(ref _script.Derivations);
        return new Derived<T>(this, build);
    }

    public CredentialMatch Match(ReadOnlySpan<byte> presented, string? caller = null) => throw new NotSupportedException();

    public CredentialMatch MatchProof(Func<Credential, bool> proves, string? caller = null) => throw new NotSupportedException();

    public ValueTask RevokeAsync(string versionId, string why, CancellationToken ct = default) => throw new NotSupportedException();

    public IChangeToken GetChangeToken() => throw new NotSupportedException();

    private sealed class Script(string name)
    {
        public int RefreshCalls;
        public int Derivations;
        private readonly Lock _lock = new();
        private readonly List<(string Id, SecretValue Value)> _versions = [];

        public string Name { get; } = name;

        public TaskCompletionSource Loaded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Func<CancellationToken, Task> OnRefresh { get; set; } = static _ => Task.CompletedTask;

        public ConcurrentQueue<(string VersionId, CredentialOutcome Outcome)> Reports { get; } = new();

        public ConcurrentDictionary<(string Consumer, string VersionId), int> Uses { get; } = new();

        public ConcurrentDictionary<string, CredentialStage> Stages { get; } = new();

        public void Rotate(string versionId, string value)
        {
            lock (_lock)
            {
                if (_versions.Count > 0)
                {
                    Stages[_versions[0].Id] = CredentialStage.Previous;
                }

                Stages[versionId] = CredentialStage.Current;
                _versions.Insert(0, (versionId, SecretValue.FromText(value)));
            }

            Loaded.TrySetResult();
        }

        public CredentialSet Snapshot(string consumer)
        {
            lock (_lock)
            {
                var credentials = _versions.ConvertAll(version => new Credential(Name, version.Id, version.Value, new Tracker(this, consumer, version.Id)));
                return new CredentialSet(Name, _versions.Count, credentials.FirstOrDefault(), previous: [.. credentials.Skip(1)]);
            }
        }
    }

    private sealed class Tracker(Script script, string consumer, string versionId) : CredentialTracker
    {
        public bool IsCounting { get; set; } = true;

        public override CredentialStage Stage => script.Stages[versionId];

        public override string Consumer => consumer;

        public override void RecordUse()
        {
            if (IsCounting)
            {
                script.Uses.AddOrUpdate((consumer, versionId), 1, static (_, uses) => uses + 1);
            }
        }
    }

    // Built once per version; a version that cannot be built leaves the last good result in place.
    private sealed class Derived<T>(ScriptedProvider provider, Func<Credential, T> build) : IDerived<T>
    {
        private readonly Lock _lock = new();
        private string? _tried;
        private (T Value, Credential Source, Tracker Tracker)? _built;

        public T Current
        {
            get
            {
                var built = Get();
                built.Tracker.RecordUse();
                return built.Value;
            }
        }

        public Credential Source => Get().Source;

        private (T Value, Credential Source, Tracker Tracker) Get()
        {
            var current = provider.Current;
            lock (_lock)
            {
                if (_tried != current.VersionId)
                {
                    _tried = current.VersionId;
                    var tracker = new Tracker(provider._script, provider.Consumer, current.VersionId) { IsCounting = false };
                    try
                    {
                        var source = new Credential(current.Name, current.VersionId, SecretValue.FromText(Reveal(current)), tracker);
                        _built = (build(source), source, tracker);
                    }
                    catch (CredentialFormatException)
                    {
                    }

                    tracker.IsCounting = true;
                }

                return _built ?? throw new CredentialUnavailableException(provider.Name, "nothing could be built", "See the log.");
            }
        }

        private string Reveal(Credential credential)
        {
            var value = credential.Reveal();
            provider._script.Uses.AddOrUpdate((provider.Consumer, credential.VersionId), 0, static (_, uses) => uses - 1);
            return value;
        }
    }
}
