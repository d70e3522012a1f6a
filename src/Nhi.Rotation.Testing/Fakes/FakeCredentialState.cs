using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Testing;

/// <summary>What all views of one fake provider share.</summary>
internal sealed class FakeCredentialState
{
    private readonly Lock _gate = new();
    private readonly List<FakeProvidedVersion> _versions = [];
    private readonly List<ReportedOutcome> _reports = [];
    private readonly List<Action<FakeProvidedVersion?>> _published = [];
    private readonly WatchSignal _changed = new();
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _generation;
    private int _refreshes;

    public FakeCredentialState(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    public string Name { get; }

    public Task Loaded => _loaded.Task;

    public IChangeToken ChangeToken => _changed.Token;

    public int Refreshes => Volatile.Read(ref _refreshes);

    public IReadOnlyList<ReportedOutcome> Reports
    {
        get
        {
            lock (_gate)
            {
                return [.. _reports];
            }
        }
    }

    // Newest first, as the lists of a set are.
    private FakeProvidedVersion? Current => _versions.Find(version => version.Stage == CredentialStage.Current);

    public CredentialSet SetFor(string consumer)
    {
        lock (_gate)
        {
            return new CredentialSet(
                Name,
                _generation,
                Current?.For(consumer),
                previous: [.. In(CredentialStage.Previous).Select(version => version.For(consumer))],
                retired: [.. In(CredentialStage.Retired).Select(version => version.For(consumer))]);
        }
    }

    public string RotateTo(SecretValue value)
    {
        FakeProvidedVersion version;
        lock (_gate)
        {
            version = new FakeProvidedVersion(Name, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"v{_versions.Count + 1}"), value);
            if (Current is { } old)
            {
                old.Stage = CredentialStage.Previous;
            }

            _versions.Insert(0, version);
            Publish();
        }

        _loaded.TrySetResult();
        _changed.Fire();
        return version.Id;
    }

    public void Retire(string versionId)
    {
        lock (_gate)
        {
            var version = Find(versionId);
            if (version.Stage != CredentialStage.Previous)
            {
                throw new ArgumentException($"Version '{versionId}' is {version.Stage}; only a previous one retires. Call RotateTo first.", nameof(versionId));
            }

            version.Stage = CredentialStage.Retired;
            Publish();
        }

        _changed.Fire();
    }

    public bool Knows(string versionId)
    {
        lock (_gate)
        {
            return _versions.Exists(version => version.Id == versionId);
        }
    }

    public void Revoke(string versionId)
    {
        lock (_gate)
        {
            Find(versionId).Stage = CredentialStage.Revoked;
            if (Current is null && In(CredentialStage.Previous).FirstOrDefault() is { } next)
            {
                next.Stage = CredentialStage.Current;
            }

            Publish();
        }

        _changed.Fire();
    }

    public long UsesOf(string versionId, string? consumer)
    {
        lock (_gate)
        {
            return Find(versionId).Uses(consumer);
        }
    }

    public int HoldsOf(string versionId, string? consumer)
    {
        lock (_gate)
        {
            return Find(versionId).Holds(consumer);
        }
    }

    public CredentialMatch Match(ReadOnlySpan<byte> presented, string consumer)
    {
        lock (_gate)
        {
            foreach (var version in _versions)
            {
                if (version.HasValue(presented))
                {
                    return Recognize(version, consumer);
                }
            }
        }

        return default;
    }

    public CredentialMatch MatchProof(Func<Credential, bool> proves, string consumer)
    {
        lock (_gate)
        {
            // Versions out of service last, revoked ones not at all: their values are gone.
            var found = _versions
                .Where(version => version.Stage != CredentialStage.Revoked && version.Lend(consumer, proves))
                .OrderBy(version => version.Stage)
                .FirstOrDefault();
            return found is null ? default : Recognize(found, consumer);
        }
    }

    public void Report(ReportedOutcome report)
    {
        lock (_gate)
        {
            _reports.Add(report);
        }
    }

    public void CountRefresh() => Interlocked.Increment(ref _refreshes);

    /// <summary>Calls back now and with each set that is published.</summary>
    public void OnPublished(Action<FakeProvidedVersion?> callback)
    {
        lock (_gate)
        {
            _published.Add(callback);
            callback(Current);
        }
    }

    private static CredentialMatch Recognize(FakeProvidedVersion version, string consumer)
    {
        version.Count(consumer);
        return new CredentialMatch(version.Id, version.Stage, version.Stage is CredentialStage.Current or CredentialStage.Previous, new FakeTracker(version, consumer));
    }

    private IEnumerable<FakeProvidedVersion> In(CredentialStage stage) => _versions.Where(version => version.Stage == stage);

    private FakeProvidedVersion Find(string versionId) =>
        _versions.Find(version => version.Id == versionId)
        ?? throw new ArgumentException($"The fake provider has no version '{versionId}'. Take the id that RotateTo returned.", nameof(versionId));

    private void Publish()
    {
        _generation++;
        foreach (var callback in _published)
        {
            callback(Current);
        }
    }
}
