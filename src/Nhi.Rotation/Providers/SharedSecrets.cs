using Nhi.Rotation.EventStream;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Providers;

/// <summary>Versions of different credentials that hold one value: one secret under several names. Looked for when somebody asks, and soon after a change. Safe for concurrent use.</summary>
internal sealed class SharedSecrets(EngineClock clock, EngineLog log, EventFeed events) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<(string Credential, string Version, string Other)> _told = [];
    private Func<IEnumerable<(string Name, CredentialState State)>> _credentials = () => [];
    private Dictionary<(string Credential, string Version), KnownValue[]>? _found;
    private long _foundAt;
    private long _changes;
    private int _isDue;
    private ITimer? _timer;

    /// <summary>Looks at these from now on. One credential alone shares nothing.</summary>
    public void Watch(Func<IEnumerable<(string Name, CredentialState State)>> credentials)
    {
        _credentials = credentials;
        _timer = clock.Time.CreateTimer(_ => Tell(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A version came, or changed its stage.</summary>
    public void Note()
    {
        Interlocked.Increment(ref _changes);
        if (_timer is { } timer && Interlocked.Exchange(ref _isDue, 1) == 0)
        {
            timer.Change(Pause, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The versions of other credentials that hold the value of a version and are in service.</summary>
    public IReadOnlyList<KnownValue> Of(string credential, string version) => Read().GetValueOrDefault((credential, version)) ?? [];

    public void Dispose() => _timer?.Dispose();

    private Dictionary<(string Credential, string Version), KnownValue[]> Read()
    {
        lock (_gate)
        {
            var changes = Volatile.Read(ref _changes);
            if (_found is null || _foundAt != changes)
            {
                (_found, _foundAt) = (Find(), changes);
            }

            return _found;
        }
    }

    private Dictionary<(string Credential, string Version), KnownValue[]> Find()
    {
        var found = new Dictionary<(string, string), KnownValue[]>();
        foreach (var versions in FindShared().Values)
        {
            foreach (var (own, _) in versions)
            {
                KnownValue[] others = [.. versions.Where(other => other.IsInService && other.Known.CredentialName != own.CredentialName).Select(static other => other.Known)];
                if (others.Length > 0)
                {
                    found[(own.CredentialName, own.VersionId)] = others;
                }
            }
        }

        return found;
    }

    // First only which values come twice: a process may hold very many, and hardly any does.
    private Dictionary<ValueMark, List<(KnownValue Known, bool IsInService)>> FindShared()
    {
        HashSet<ValueMark> seen = [];
        Dictionary<ValueMark, List<(KnownValue Known, bool IsInService)>> twice = [];
        foreach (var mark in Marked().Select(static marked => marked.Mark).Where(mark => !seen.Add(mark)))
        {
            twice[mark] = [];
        }

        foreach (var (name, version, mark) in twice.Count == 0 ? [] : Marked())
        {
            if (twice.TryGetValue(mark, out var known))
            {
                known.Add((new KnownValue(name, version.Id, version.Stage), version.IsInService));
            }
        }

        return twice;
    }

    private IEnumerable<(string Name, VersionState Version, ValueMark Mark)> Marked()
    {
        foreach (var (name, state) in _credentials())
        {
            foreach (var version in state.Versions)
            {
                if (version.Mark is { } mark)
                {
                    yield return (name, version, mark);
                }
            }
        }
    }

    // Each pair once, from its first name to the second.
    private void Tell()
    {
        Volatile.Write(ref _isDue, 0);
        foreach (var ((credential, version), others) in Read())
        {
            foreach (var other in others.Where(other => string.CompareOrdinal(credential, other.CredentialName) < 0))
            {
                bool isNew;
                lock (_gate)
                {
                    isNew = _told.Add((credential, version, $"{other.CredentialName}/{other.VersionId}"));
                }

                if (isNew)
                {
                    log.SharedSecret(credential, version, other.CredentialName, other.VersionId);
                    events.Tell(new CredentialEvent(CredentialEventKind.SharedValue, credential, clock.Now.Utc) { Reason = "shared-key", VersionId = version, OtherVersionId = $"{other.CredentialName}/{other.VersionId}" });
                }
            }
        }
    }
}
