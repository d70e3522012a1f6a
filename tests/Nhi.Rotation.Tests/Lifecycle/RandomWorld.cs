using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Tests.Lifecycle;

/// <summary>A backend, a clock and an other side that do anything at any time, driven by a list of numbers so that CsCheck can shrink it.</summary>
internal sealed class RandomWorld
{
    private static readonly SecretValue Value = SecretValue.FromText("value");
    private readonly LifecyclePolicy _policy;
    private readonly bool _labels;
    private readonly bool _complete;
    private readonly List<BackendVersion> _stored = [];
    private readonly List<string> _log = [];
    private readonly Dictionary<string, ValueExam> _exams = [];
    private readonly Dictionary<string, string> _revocations = [];
    private RandomEvidence _evidence = new();
    private DateTimeOffset _utc = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private TimeSpan _elapsed;
    private int _created;

    public RandomWorld(int shape)
    {
        _labels = (shape & 1) != 0;
        _complete = (shape & 2) != 0;
        var options = new CredentialOptions
        {
            Overlap = TimeSpan.FromHours((shape & 4) != 0 ? 24 : 1),
            ActivationDelay = (shape & 8) != 0 ? TimeSpan.FromMinutes(10) : TimeSpan.Zero,
            ProveRetirement = (shape & 64) != 0,
            RetirementProbeAttempts = 3,
            MaxStaleness = (shape & 32) != 0 ? TimeSpan.FromHours(6) : null,
            RefuseOldValues = (shape & 128) != 0,
            Expiry = (StoreExpiry)((shape >> 8) % 3),
        };
        _policy = LifecyclePolicy.From(options, requiresProbe: (shape & 16) != 0);
    }

    /// <summary>Every value that was ever revoked.</summary>
    public HashSet<ValueMark> RevokedValues { get; } = [];

    /// <summary>Whether the other side and probes say anything.</summary>
    public bool IsHeard { get; init; } = true;

    public int Steps { get; private set; }

    /// <summary>Listings that told nothing new.</summary>
    public int QuietSteps { get; private set; }

    public CredentialState State { get; private set; } = CredentialState.Empty;

    /// <summary>Plays a schedule; null, or the violated sentence with the story that led to it.</summary>
    public string? Play(int[] moves)
    {
        foreach (var move in moves)
        {
            if (Act(move) is { } input)
            {
                var now = new Instant(_utc, _elapsed);
                var step = CredentialLifecycle.Step(State, input, now, _policy);
                Steps++;
                if (input is LifecycleInput.Listed { Listing: var listing } && QuietListing.Is(listing, State, now, _policy))
                {
                    QuietSteps++;
                    if (!IsSame(step, CredentialLifecycle.TakeWhole(State, input, now, _policy)))
                    {
                        return $"a quiet listing is what the whole step makes of it\n{string.Join("\n", _log)}\nnow {State} {string.Join(", ", State.Versions)}";
                    }
                }

                if ((LifecycleInvariants.Violated(State, input, step, now, _policy) ?? ValueInvariants.Violated(State, step, RevokedValues, _policy)) is { } violated)
                {
                    return $"{violated}\n{string.Join("\n", _log)}\nnow {State} {string.Join(", ", State.Versions)}\nthen {string.Join(", ", step.State.Versions)}";
                }

                RevokedValues.UnionWith(step.State.Versions.Where(version => version.Stage == CredentialStage.Revoked).Select(version => version.Mark).OfType<ValueMark>());
                _evidence.Take(State, step, (input as LifecycleInput.Listed)?.Listing, now);
                State = step.State;
            }
        }

        return _evidence.Violated(State, id => _exams.TryGetValue(id, out var exam) ? exam.Mark : null, _utc) is { } wrong ? $"{wrong}\n{string.Join("\n", _log)}\nnow {Describe(State)}" : null;
    }

    private static bool IsSame(Transition one, Transition other) =>
        one.State with { Versions = [] } == other.State with { Versions = [] }
        && one.State.Versions.SequenceEqual(other.State.Versions)
        && one.Facts.SequenceEqual(other.Facts)
        && one.ProbeNow.SequenceEqual(other.ProbeNow)
        && one.ProveNow.SequenceEqual(other.ProveNow)
        && one.WakeAt == other.WakeAt
        && one.Refusal == other.Refusal;

    private LifecycleInput? Act(int move)
    {
        var choice = move % 28;
        var pick = move / 28;
        LifecycleInput? input = choice switch
        {
            (>= 15 and <= 19) or (>= 21 and <= 24) when !IsHeard => LifecycleInput.Ticked.Instance,
            0 or 1 => Do(() => Create(pick)),
            2 => Do(() => Change(pick, version => Copy(version, isEnabled: !version.IsEnabled))),
            3 => Do(() => Delete(pick)),
            4 => Do(() => Change(pick, version => Copy(version, expiresOn: _utc + TimeSpan.FromHours(pick % 50)))),
            5 or 6 => Do(() => Label(pick)),
            7 or 8 or 9 or 10 => Listed(),
            11 => new LifecycleInput.Listed(Bad(pick)),
            12 => Move(TimeSpan.FromSeconds(pick % 600), TimeSpan.FromSeconds(pick % 600)),
            13 => Move(TimeSpan.FromHours(pick % 30), TimeSpan.FromHours(pick % 30)),
            14 => Move(TimeSpan.FromDays(pick % 2 == 0 ? 1 : -1), TimeSpan.Zero),
            15 or 16 or 17 => new LifecycleInput.Reported(State.CurrentId ?? Any(pick), CredentialOutcome.Rejected),
            18 or 19 => new LifecycleInput.Reported(Any(pick), CredentialOutcome.Accepted),
            20 => Again(pick),
            21 or 22 => new LifecycleInput.Probed(Any(pick), Result(pick)),
            23 or 24 => new LifecycleInput.ProbedAfterRetirement(Any(pick), Result(pick)),
            26 => pick % 4 == 0 ? Do(Restart) : null,
            27 => Do(() => Change(pick, version => Copy(version, revokedBecause: pick % 4 == 0 ? "test" : null))),
            _ => LifecycleInput.Ticked.Instance,
        };
        _log.Add($"{move}: {(input is LifecycleInput.Listed listed ? $"Listed {string.Join(", ", listed.Listing.Versions)}" : input?.ToString() ?? "backend changed")}");
        return input;
    }

    private static string Describe(CredentialState state) => string.Join("; ", state.Versions.Select(version => FormattableString.Invariant(
        $"{version.Id} {version.Stage} {version.Label} order {version.Order} shown {version.IsShown} listed {version.IsListed} enabled {version.IsEnabled} value {version.HasValue} wants {version.WantsValue} mark {version.Mark?.Low} unfit {version.Unfit is not null} created {version.CreatedOn:u} from {version.NotBefore:u} to {version.ExpiresOn:u} overlap {version.OverlapEndsAt} because {version.RetiredBecause}")));

    private static ProbeResult Result(int pick) => new(pick % 5 == 0 ? ProbeVerdict.Rejected : pick % 7 == 0 ? ProbeVerdict.Inconclusive : ProbeVerdict.Accepted);

    private static LifecycleInput? Do(Action change)
    {
        change();
        return null;
    }

    // A process starts anew; what was revoked is read again before the first listing.
    private void Restart()
    {
        _evidence = new RandomEvidence();
        State = Started(_evidence);
    }

    // What a process knows before its first listing.
    private CredentialState Started(RandomEvidence? evidence = null)
    {
        var state = CredentialState.Empty;
        var now = new Instant(_utc, _elapsed);
        foreach (var id in _revocations.Keys)
        {
            var step = CredentialLifecycle.Step(state, new LifecycleInput.Revoked(id, "list"), now, _policy);
            evidence?.Take(state, step, listing: null, now);
            state = step.State;
        }

        return state;
    }

    /// <summary>
    /// Lets all waits pass, has this process and one that starts now read the same listing, and compares. A list of revocations tells both which values are revoked.
    /// </summary>
    /// <returns>What they disagree about, or null.</returns>
    public string? Disagreement()
    {
        if (_stored.Count == 0 || (_labels && !_complete && _stored[^1].Label != VersionLabel.Current))
        {
            // Who can show one version only and labels it shows the current one.
            return null;
        }

        var (before, began) = (State, _elapsed);
        var first = Read(State);
        Move(TimeSpan.FromMinutes(16), TimeSpan.FromMinutes(16));
        if (_stored.Exists(version => version.NotBefore <= _utc && version.NotBefore + _policy.ClockSkew > _utc))
        {
            return null;
        }

        var running = Read(first);
        var fresh = Read(Started());
        var (here, there) = (running.Find(running.PresentedId), fresh.Find(fresh.PresentedId));
        var story = $"\nat {_utc:u} running has {here?.Id ?? "nothing"}, one that starts chooses {there?.Id ?? "nothing"}\n{string.Join("\n", _log)}\nrunning {Describe(running)}\nfresh {Describe(fresh)}";
        if (fresh.Versions.Any(version => version.RetiredBecause == RetireCause.Returned))
        {
            // What was refused by the dates alone may still have been in use where somebody saw it.
            return null;
        }

        if (there is null)
        {
            // What worked stays until the store says otherwise of it; and what the store takes back within its overlap works again.
            return here is null || before.Find(here.Id) is { } known && (known.Stage is CredentialStage.Current or CredentialStage.Previous || known.OverlapEndsAt > began) ? null : $"running took something new that one that starts does not{story}";
        }

        if (here?.NotBefore > _utc)
        {
            // It had come, and then the clock was set back.
            return null;
        }

        var isSame = here?.Id == there.Id || there.HasValueOf(here);
        return isSame || running.Find(there.Id) is { } refused && Returns.IsRefused(refused, new Instant(_utc, _elapsed), _policy) ? null : $"running and restarted disagree{story}";
    }

    private CredentialState Read(CredentialState state)
    {
        // Twice more than needed: a value that comes back into service is given with the second.
        var exams = _exams.ToDictionary(exam => exam.Key, exam => exam.Value.Mark is { } mark && RevokedValues.Contains(mark) ? exam.Value with { RevokedBecause = "list" } : exam.Value);
        for (var i = 0; i < 3; i++)
        {
            var listing = Listing(state);
            foreach (var version in listing.Versions.Where(version => version.RevokedBecause is not null))
            {
                exams[version.Id] = exams[version.Id] with { RevokedBecause = version.RevokedBecause };
            }

            state = CredentialLifecycle.Step(state, new LifecycleInput.Listed(listing, exams), new Instant(_utc, _elapsed), _policy).State;
            foreach (var version in state.Versions.Where(version => exams.TryGetValue(version.Id, out var exam) && exam.RevokedBecause is not null))
            {
                state = CredentialLifecycle.Step(state, new LifecycleInput.Revoked(version.Id, "list"), new Instant(_utc, _elapsed), _policy).State;
            }
        }

        return state;
    }

    private LifecycleInput.Revoked? Again(int pick)
    {
        if (pick % 3 != 0)
        {
            return null;
        }

        var id = Any(pick);
        _revocations[id] = "test";
        return new LifecycleInput.Revoked(id, "test");
    }

    private void Create(int pick)
    {
        // Few values, so that they come again; each seventh is no secret.
        var value = pick % 7;
        _exams[$"v{_created + 1}"] = value == 0 ? new ValueExam(Unfit: new Unfit("test", IsRefused: true)) : new ValueExam(new ValueMark((ulong)value, 1));
        _stored.Add(new BackendVersion($"v{++_created}", Value)
        {
            Label = _labels ? (_created == 1 ? VersionLabel.Current : VersionLabel.Pending) : VersionLabel.None,
            CreatedOn = pick % 4 == 0 ? null : _utc,
            NotBefore = pick % 5 == 0 ? _utc + TimeSpan.FromHours(pick % 20) : null,
            ExpiresOn = pick % 6 == 0 ? _utc + TimeSpan.FromHours(pick % 60) : null,
        });
    }

    private void Change(int pick, Func<BackendVersion, BackendVersion> change)
    {
        if (_stored.Count > 0)
        {
            _stored[pick % _stored.Count] = change(_stored[pick % _stored.Count]);
        }
    }

    private void Delete(int pick)
    {
        if (_stored.Count > 0)
        {
            _stored.RemoveAt(pick % _stored.Count);
        }
    }

    private void Label(int pick)
    {
        if (!_labels || _stored.Count == 0)
        {
            return;
        }

        var chosen = _stored[pick % _stored.Count].Id;
        for (var i = 0; i < _stored.Count; i++)
        {
            var label = _stored[i].Id == chosen ? VersionLabel.Current
                : _stored[i].Label == VersionLabel.Current ? VersionLabel.Previous
                : _stored[i].Label == VersionLabel.Previous ? VersionLabel.None
                : _stored[i].Label;
            _stored[i] = Copy(_stored[i], label: label);
        }
    }

    private LifecycleInput.Listed Listed()
    {
        var listing = Listing(State);
        var exams = new Dictionary<string, ValueExam>(_exams);
        foreach (var version in listing.Versions.Where(version => version.RevokedBecause is not null))
        {
            exams[version.Id] = exams[version.Id] with { RevokedBecause = version.RevokedBecause };
        }

        return new LifecycleInput.Listed(listing, exams);
    }

    private BackendListing Listing(CredentialState state) =>
        new([.. (_complete ? _stored : _stored.TakeLast(1)).Select(version => Known(state, version.Id) ? Copy(version, withValue: false) : version)]) { IsComplete = _complete };

    // As the engine asks: not again for a value that is at hand, nor for one out of service until it comes back.
    private static bool Known(CredentialState state, string id) => state.Find(id) is { } version && (version.HasValue || (!version.IsInService && !version.WantsValue && (version.Mark is not null || version.Stage != CredentialStage.Revoked)));

    private BackendListing Bad(int pick) => (pick % 3) switch
    {
        0 => new([]),
        1 => new([new("x", Value), new("x", Value)]),
        _ => new([new("x", Value) { Label = VersionLabel.Current }, new("y", Value) { Label = VersionLabel.Current }]),
    };

    private LifecycleInput.Ticked Move(TimeSpan wall, TimeSpan monotonic)
    {
        _utc += wall;
        _elapsed += monotonic;
        return LifecycleInput.Ticked.Instance;
    }

    private string Any(int pick) => State.Versions.Length == 0 ? "v1" : State.Versions[pick % State.Versions.Length].Id;

    private static BackendVersion Copy(BackendVersion version, bool? isEnabled = null, DateTimeOffset? expiresOn = null, VersionLabel? label = null, bool withValue = true, string? revokedBecause = null) =>
        new(version.Id, withValue ? version.Value : null)
        {
            Label = label ?? version.Label,
            IsEnabled = isEnabled ?? version.IsEnabled,
            RevokedBecause = revokedBecause ?? version.RevokedBecause,
            CreatedOn = version.CreatedOn,
            NotBefore = version.NotBefore,
            ExpiresOn = expiresOn ?? version.ExpiresOn,
        };
}
