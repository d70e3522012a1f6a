using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Verdicts;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Evidence.Tests.Oracle;

/// <summary>
/// An app with some consumers, a store that rotates, rolls back and repeats values, restarts, and jobs that keep a stale copy; and the truth about it, which the library is not told.
/// </summary>
internal sealed class World : IJournal, IPast
{
    private static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    private static readonly CredentialMetrics Metrics = new(factory: null);
    private static readonly EngineLog Log = new(NullLogger.Instance);

    private readonly Random _random;
    private readonly TwoClocks _time = new();
    private readonly List<InstanceEvidence> _ended = [];
    private readonly List<string> _order = [];
    private readonly HashSet<string> _bad = [];
    private readonly Dictionary<string, string> _twins = [];
    private readonly Dictionary<string, DateTimeOffset> _artifacts = [];

    // Jobs in other processes: what each runs with when it runs next.
    private readonly Dictionary<string, string> _jobs = [];
    private readonly Actor[] _actors = [new("app"), new("app"), new("web"), new("reports")];
    private FakeHeap _heap = null!;
    private UseLedger _ledger = null!;
    private LedgerReports _reports = null!;
    private CredentialRecord _credential = null!;
    private CredentialEvidence _chain = null!;
    private Dictionary<string, VersionRecord> _versions = [];
    private Dictionary<(string Consumer, string Version), object> _shown = [];
    private DateTimeOffset _startedAt;
    private string _current = "v1";
    private string _name = "key";
    private readonly Scraped? _scraped;
    private readonly List<string> _formerly = [];
    private readonly List<string> _gone = [];
    private bool _isRenameSaid = true;
    private int _run;

    /// <param name="seed">Reproduces it.</param>
    /// <param name="isScraped">Whether its metrics are scraped, every five minutes. Then nothing restarts: Prometheus forgets what was before, and docs/fleet.md says so.</param>
    public World(int seed, bool isScraped = false)
    {
        _random = new Random(seed);
        _scraped = isScraped ? new Scraped(() => _reports, () => _ledger, () => _versions.Values, _time) : null;
        _order.Add(_current);
        Start();
        Promote(_current, before: null);
        foreach (var actor in _actors.DistinctBy(actor => actor.Name))
        {
            Use(actor);
        }
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Old versions that are said to be safe to revoke now, by the process and by the tool, with what would break.</summary>
    public IEnumerable<(string By, string Version, string? Breaks)> Safe(bool asksTool)
    {
        foreach (var rotation in _reports.GetRotations())
        {
            Check(rotation.Verdict);
            if (rotation.Verdict.Kind == VerdictKind.SafeToRevoke)
            {
                yield return ("process", rotation.From, Breaks(rotation.From));
            }
        }

        if (!asksTool)
        {
            yield break;
        }

        var report = FleetReport.Of([.. _ended, Instance(isClosed: false)], new FleetQuestion { Now = Now, Gone = _gone });
        foreach (var rotation in report.OpenQuestions.Count > 0 ? [] : report.Rotations.Where(rotation => rotation.Kind == VerdictKind.SafeToRevoke))
        {
            yield return ("tool", rotation.From, Breaks(rotation.From));
        }
    }

    public void Step()
    {
        Advance(_random.Next(10) switch { < 4 => _random.Next(1, 30), < 8 => _random.Next(30, 180), _ => _random.Next(180, _scraped is null ? 3_000 : 400) });
        var actor = _actors[_random.Next(_actors.Length)];
        switch (_random.Next(18))
        {
            case 0 or 1:
                Rotate($"v{_order.Count + 1}");
                break;
            case 2 when _order.Count > 1 && _random.Next(4) == 0:
                RollBack();
                break;
            case 3:
                Retire();
                break;
            case 4:
                Keep(actor);
                break;
            case 5:
                LetGo(actor);
                break;
            case 6 when actor.Kept.Count > 0:
                actor.Kept[_random.Next(actor.Kept.Count)].Version.ForConsumer(actor.Name).RecordUse();
                break;
            case 7:
                Open(actor);
                break;
            case 8 or 9:
                Close(actor);
                break;
            case 10:
                Sign(actor);
                break;
            case 11 when _scraped is null && _random.Next(3) == 0:
                Restart();
                break;
            case 12 when _scraped is null:
                RunJob();
                break;
            case 13 or 14:
                // The others sleep, for days if need be.
                Use(actor);
                break;
            default:
                foreach (var user in _actors)
                {
                    Use(user);
                }

                break;
        }

        _ledger.Sweep();
    }

    public ChainIdentity Self => new("shop", $"{_run:x16}", "0.1.0", _startedAt);

    /// <summary>What was scraped, and what may not be called safe when, as a test for promtool.</summary>
    public string ToPromtoolTest(string name) => _scraped!.ToPromtoolTest(name);

    /// <summary>Notes for each old version that something would break now.</summary>
    public void NoteTruth()
    {
        // Nobody knows what has happened since the last scrape.
        Advance(Scraped.Minutes);
        foreach (var old in _versions.Values.Where(version => version.Stage is not (CredentialStage.Pending or CredentialStage.Current)))
        {
            if (Breaks(old.VersionId) is { } why)
            {
                _scraped!.MustNotBeSafe(old.VersionId, why);
            }
        }
    }

    public PastRuns Take() => new([.. _ended], Gap: null);

    public void Write(EvidenceEvent evidence)
    {
        if (evidence.CredentialName.Length > 0)
        {
            _chain.Take(evidence);
        }
    }

    public void Flush(DateTimeOffset now)
    {
        // Everything is taken at once.
    }

    public void WriteNow()
    {
        // Everything is taken at once.
    }

    public void Dispose() => _ledger.Sweep();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Advance(int minutes)
    {
        for (var done = 0; _scraped is not null && done < minutes; done += Scraped.Minutes)
        {
            _time.Advance(TimeSpan.FromMinutes(Scraped.Minutes));
            _ledger.Sweep();
            _scraped.Scrape();
        }

        _time.Advance(TimeSpan.FromMinutes(_scraped is null ? minutes : 0));
        _ledger.Sweep();
    }

    // The reasons never contradict the verdict.
    private static void Check(RotationVerdict verdict)
    {
        Assert.NotEmpty(verdict.Reasons);
        Assert.Equal(verdict.Kind is VerdictKind.StillUsed, verdict.Kind is not VerdictKind.Violated && verdict.Users.Count > 0);
        if (verdict.Kind == VerdictKind.SafeToRevoke)
        {
            Assert.Empty(verdict.Unproven);
            Assert.DoesNotContain(verdict.Reasons, reason => reason.Contains("still", StringComparison.Ordinal) || reason.Contains(" not ", StringComparison.Ordinal));
        }
    }

    // The truth: what would break within a month, if this version were revoked now.
    private string? Breaks(string version) =>
        version == _current ? "it is current"
        : IsTheLastThatWorks(version) ? "no other one works"
        : SecretOf(version) == SecretOf(_current) ? "the current version has the same value"
        : _artifacts.TryGetValue(version, out var until) && until > Now ? "something made with it is valid"
        : _jobs.FirstOrDefault(job => job.Value == version).Key is { } job ? $"{job} has a stale copy"
        : _actors.FirstOrDefault(actor => actor.Kept.Any(kept => kept.Version.VersionId == version)) is { } keeper ? $"{keeper.Name} keeps it"
        : _actors.FirstOrDefault(actor => actor.Connections.Any(connection => connection.Version.VersionId == version)) is { } open ? $"{open.Name} has a connection"
        : null;

    private bool IsTheLastThatWorks(string version) => _bad.Contains(_current)
        && _versions.TryGetValue(version, out var known) && known.Stage == CredentialStage.Previous
        && !_versions.Values.Any(other => other.VersionId != version && other.Stage == CredentialStage.Previous && !_bad.Contains(other.VersionId));

    private string SecretOf(string version) => _twins.GetValueOrDefault(version, version);

    private InstanceEvidence Instance(bool isClosed) => new()
    {
        App = "shop",
        Instance = $"{_run:x16}",
        StartedAt = _startedAt,
        Files = ["run"],
        Credentials = new Dictionary<string, CredentialEvidence> { [_name] = _chain },
        Findings = [],
        Lines = 1,
        Head = "",
        LastAt = Now,
        IsClosed = isClosed,
    };

    private void Start()
    {
        _run++;
        _startedAt = Now;
        _heap = new FakeHeap();
        _chain = new CredentialEvidence();
        _ledger = new UseLedger(Metrics, Log, _time, this, new HeapCheck { Heap = _heap });
        _reports = new LedgerReports(_ledger, this);
        _credential = _ledger.Describe(_name, owner: null, purpose: null, new VerdictTerms(Quiet) { Unnamed = "app" }, _isRenameSaid ? [.. _formerly] : []);
        (_versions, _shown) = ([], []);
    }

    private VersionRecord VersionOf(string id)
    {
        if (!_versions.TryGetValue(id, out var version))
        {
            var same = _versions.Keys.FirstOrDefault(known => SecretOf(known) == SecretOf(id));
            _versions.Add(id, version = _ledger.AddVersion(_credential, new VersionRecord(_ledger.Slots, _name, id)));
            Note(version, EvidenceKind.Seen);
            if (same is not null)
            {
                Note(version, EvidenceKind.SameValue, same);
            }
        }

        return version;
    }

    private void Note(VersionRecord version, EvidenceKind kind, string? other = null) =>
        _ledger.Note(version, new EvidenceEvent { Kind = kind, At = Now, CredentialName = _name, VersionId = version.VersionId, OtherId = other });

    private void Promote(string id, string? before)
    {
        var version = VersionOf(id);
        version.MoveTo(CredentialStage.Current);
        foreach (var name in _actors.Select(actor => actor.Name).Distinct())
        {
            if (before is not null && _shown.TryGetValue((name, before), out var shown))
            {
                _versions[before].Give(name, shown, KeptObjects.Credential);
            }

            _shown.TryAdd((name, id), new object());
        }

        if (before is not null)
        {
            _versions[before].MoveTo(CredentialStage.Previous);
            Note(_versions[before], EvidenceKind.Superseded, id);
        }

        Note(version, EvidenceKind.Promoted, before);
        _current = id;
    }

    private void Rotate(string id)
    {
        _order.Add(id);
        if (_random.Next(12) == 0)
        {
            _bad.Add(id);
        }
        else if (_random.Next(12) == 0)
        {
            // A secret that came back under another id; a rotation that rotates nothing is refused by the lifecycle.
            var other = _order[_random.Next(_order.Count - 1)];
            if (SecretOf(other) != SecretOf(_current) && _versions.ContainsKey(other) && !_bad.Contains(other))
            {
                _twins[id] = SecretOf(other);
            }
        }

        Promote(id, _current);
    }

    private void RollBack()
    {
        var candidates = _versions.Values.Where(version => version.Stage == CredentialStage.Previous && !_bad.Contains(version.VersionId)).ToArray();
        if (candidates.Length > 0)
        {
            Promote(candidates[_random.Next(candidates.Length)].VersionId, _current);
        }
    }

    private void Retire()
    {
        if (_versions.Values.FirstOrDefault(version => version.Stage == CredentialStage.Previous) is { } old)
        {
            old.MoveTo(CredentialStage.Retired);
            Note(old, EvidenceKind.Retired);
        }
    }

    private void Use(Actor actor)
    {
        var version = _versions[_current];
        version.ForConsumer(actor.Name).RecordUse();
        if (!_bad.Contains(_current) && version.History.AcceptedAt is null)
        {
            Note(version, EvidenceKind.Accepted);
        }
    }

    private void Keep(Actor actor)
    {
        var version = _versions[_current];
        object given;
        if (_random.Next(2) == 0)
        {
            given = _shown[(actor.Name, _current)];
        }
        else
        {
            // What was built of it, or a text or bytes that were revealed.
            version.Give(actor.Name, given = new object(), _random.Next(3) switch { 0 => KeptObjects.Text, 1 => KeptObjects.Bytes, _ => KeptObjects.Derived });
        }

        _heap.Keep(given);
        actor.Kept.Add((version, given));
    }

    private void LetGo(Actor actor)
    {
        if (actor.Kept.Count == 0)
        {
            return;
        }

        var (_, given) = actor.Kept[0];
        actor.Kept.RemoveAt(0);
        if (!_actors.Any(other => other.Kept.Any(kept => ReferenceEquals(kept.Object, given))))
        {
            _heap.LetGo(given);
        }
    }

    private void Open(Actor actor)
    {
        var version = _versions[_current];
        var record = version.ForConsumer(actor.Name);
        record.RecordUse();
        record.BeginHold();
        var isLost = _random.Next(6) == 0;
        if (isLost)
        {
            record.LoseHold();
        }

        actor.Connections.Add((version, isLost));
    }

    private static void Close(Actor actor)
    {
        if (actor.Connections.Count > 0)
        {
            var (version, isLost) = actor.Connections[0];
            actor.Connections.RemoveAt(0);
            if (!isLost)
            {
                version.ForConsumer(actor.Name).EndHold();
            }
        }
    }

    private void Sign(Actor actor)
    {
        var until = Now.AddHours(_random.Next(1, 400));
        _versions[_current].ForConsumer(actor.Name).RecordUse(until);
        _artifacts[_current] = _artifacts.TryGetValue(_current, out var last) && last > until ? last : until;
    }

    private void Restart()
    {
        _ledger.Sweep();
        var dies = _random.Next(5) == 0;
        _ended.Add(Instance(isClosed: !dies));
        if (dies && _random.Next(2) == 0)
        {
            // Somebody looked, and it is gone. Nobody can say so of one that runs.
            _gone.Add(_ended[^1].Instance);
        }

        if (_random.Next(6) == 0)
        {
            _formerly.Add(_name);
            _name = $"key{_run}";
            _isRenameSaid = _random.Next(4) > 0;
        }

        foreach (var actor in _actors)
        {
            actor.Kept.Clear();
            actor.Connections.Clear();
        }

        var known = _versions.Values.Where(version => version.Stage == CredentialStage.Previous).Select(version => version.VersionId).ToArray();
        Start();

        // The store lists what is in overlap too.
        foreach (var id in known)
        {
            var old = VersionOf(id);
            old.MoveTo(CredentialStage.Previous);
            Note(old, EvidenceKind.Superseded, _current);
        }

        Promote(_current, before: null);
    }

    // A job in a process of its own: it starts, uses what it was mounted with, and ends.
    private void RunJob()
    {
        var name = $"job{_random.Next(2)}";
        var version = _jobs.GetValueOrDefault(name, _current);
        if (_random.Next(2) == 0)
        {
            version = _current;
        }

        _jobs[name] = version;
        var chain = new CredentialEvidence();
        foreach (var evidence in new EvidenceEvent[]
        {
            new() { Kind = EvidenceKind.Described, At = Now, CredentialName = _name, QuietPeriod = Quiet },
            new() { Kind = EvidenceKind.Seen, At = Now, CredentialName = _name, VersionId = version },
            new() { Kind = EvidenceKind.Promoted, At = Now, CredentialName = _name, VersionId = version },
            new()
            {
                Kind = EvidenceKind.Used, At = Now, CredentialName = _name, VersionId = version,
                Use = new CredentialUse
                {
                    CredentialName = _name, VersionId = version, Stage = CredentialStage.Current, Consumer = name, Uses = 1, ResidualInOverlap = 0, ResidualRetired = 0,
                    FirstUse = Now, LastUse = Now,
                },
            },
        })
        {
            chain.Take(evidence);
        }

        _run++;
        _ended.Add(new InstanceEvidence
        {
            App = "shop",
            Instance = $"{_run:x16}",
            StartedAt = Now,
            Place = name,
            Files = ["job"],
            Credentials = new Dictionary<string, CredentialEvidence> { [_name] = chain },
            Findings = [],
            Lines = 1,
            Head = "",
            LastAt = Now,
            IsClosed = true,
        });
    }
}
