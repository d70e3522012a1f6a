using Nhi.Rotation.EventStream;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Providers;

/// <summary>Versions that hold one value, of one credential or of several: one secret under several names. Looked for when somebody asks, and soon after a change. Safe for concurrent use.</summary>
internal sealed class SharedSecrets(EngineClock clock, EngineLog log, EventFeed events) : IValueComparison, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<(string Credential, string Version, string Other)> _told = [];
    private Func<IEnumerable<(string Name, CredentialState State)>> _credentials = () => [];
    private Func<string, CredentialState> _state = _ => CredentialState.Empty;
    private Dictionary<(string Credential, string Version), (KnownValue Known, bool IsInService)[]>? _found;
    private long _foundAt;
    private long _changes;
    private int _isDue;
    private ITimer? _timer;

    /// <summary>Looks at these from now on.</summary>
    /// <param name="credentials">All of them.</param>
    /// <param name="state">One of them.</param>
    public void Watch(Func<IEnumerable<(string Name, CredentialState State)>> credentials, Func<string, CredentialState> state)
    {
        (_credentials, _state) = (credentials, state);
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

    public IReadOnlyList<KnownValue> Elsewhere(string credential, string version) =>
        Read().TryGetValue((credential, version), out var same) ? [.. same.Where(other => other.IsInService && other.Known.CredentialName != credential).Select(static other => other.Known)] : [];

    // What is no secret is in service nowhere, so there is nothing to compare.
    public bool IsKnown(string credential, string version) => _state(credential).Find(version) is { Mark: not null } or { Unfit: not null };

    public IReadOnlyList<KnownValue> All(string credential, string version) =>
        Read().TryGetValue((credential, version), out var same) ? [.. same.Select(static other => other.Known).Where(other => (other.CredentialName, other.VersionId) != (credential, version))] : [];

    /// <summary>Each version in service with the first other one that is too and holds its value.</summary>
    public IEnumerable<(KnownValue Version, KnownValue Other)> InService() =>
        from same in Read().Values.Distinct()
        let serving = same.Where(static version => version.IsInService).Select(static version => version.Known).ToArray()
        where serving.Length > 1
        from version in serving
        select (version, version == serving[0] ? serving[1] : serving[0]);

    public void Dispose() => _timer?.Dispose();

    private Dictionary<(string Credential, string Version), (KnownValue Known, bool IsInService)[]> Read()
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

    // One list for all that are in it: very many credentials may hold one value.
    private Dictionary<(string Credential, string Version), (KnownValue Known, bool IsInService)[]> Find()
    {
        var found = new Dictionary<(string, string), (KnownValue, bool)[]>();
        foreach (var versions in FindShared().Values)
        {
            (KnownValue Known, bool IsInService)[] same = [.. versions.OrderBy(static version => version.Known.CredentialName, StringComparer.Ordinal)];
            foreach (var (own, _) in same)
            {
                found[(own.CredentialName, own.VersionId)] = same;
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

    // Each with the first of them, once.
    private void Tell()
    {
        Volatile.Write(ref _isDue, 0);
        foreach (var same in Read().Values.Distinct())
        {
            KnownValue[] serving = [.. same.Where(static version => version.IsInService).Select(static version => version.Known)];
            foreach (var other in serving.Where(other => other.CredentialName != serving[0].CredentialName))
            {
                Tell(serving[0], other);
            }
        }
    }

    private void Tell(KnownValue version, KnownValue other)
    {
        var otherId = $"{other.CredentialName}/{other.VersionId}";
        lock (_gate)
        {
            if (!_told.Add((version.CredentialName, version.VersionId, otherId)))
            {
                return;
            }
        }

        log.SharedSecret(version.CredentialName, version.VersionId, other.CredentialName, other.VersionId);
        events.Tell(new CredentialEvent(CredentialEventKind.SharedValue, version.CredentialName, clock.Now.Utc) { Reason = "shared-key", VersionId = version.VersionId, OtherVersionId = otherId });
    }
}
