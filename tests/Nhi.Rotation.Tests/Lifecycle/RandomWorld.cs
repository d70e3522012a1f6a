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
        };
        _policy = LifecyclePolicy.From(options, requiresProbe: (shape & 16) != 0);
    }

    /// <summary>Every value that was ever revoked.</summary>
    public HashSet<ValueMark> RevokedValues { get; } = [];

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
                if (input is LifecycleInput.Listed { Listing: var listing } && QuietListing.Is(listing, State, now))
                {
                    QuietSteps++;
                    if (!IsSame(step, CredentialLifecycle.TakeWhole(State, input, now, _policy)))
                    {
                        return $"a quiet listing is what the whole step makes of it\n{string.Join("\n", _log)}\nnow {State} {string.Join(", ", State.Versions)}";
                    }
                }

                if ((LifecycleInvariants.Violated(State, input, step, now, _policy) ?? ValueInvariants.Violated(State, step, RevokedValues)) is { } violated)
                {
                    return $"{violated}\n{string.Join("\n", _log)}\nnow {State} {string.Join(", ", State.Versions)}\nthen {string.Join(", ", step.State.Versions)}";
                }

                RevokedValues.UnionWith(step.State.Versions.Where(version => version.Stage == CredentialStage.Revoked).Select(version => version.Mark).OfType<ValueMark>());
                State = step.State;
            }
        }

        return null;
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
        var choice = move % 27;
        var pick = move / 27;
        LifecycleInput? input = choice switch
        {
            0 or 1 => Do(() => Create(pick)),
            2 => Do(() => Change(pick, version => Copy(version, isEnabled: !version.IsEnabled))),
            3 => Do(() => Delete(pick)),
            4 => Do(() => Change(pick, version => Copy(version, expiresOn: _utc + TimeSpan.FromHours(pick % 50)))),
            5 or 6 => Do(() => Label(pick)),
            7 or 8 or 9 or 10 => new LifecycleInput.Listed(Listing(), _exams),
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
            _ => LifecycleInput.Ticked.Instance,
        };
        _log.Add($"{move}: {(input is LifecycleInput.Listed listed ? $"Listed {string.Join(", ", listed.Listing.Versions)}" : input?.ToString() ?? "backend changed")}");
        return input;
    }

    private static ProbeResult Result(int pick) => new(pick % 5 == 0 ? ProbeVerdict.Rejected : pick % 7 == 0 ? ProbeVerdict.Inconclusive : ProbeVerdict.Accepted);

    private static LifecycleInput? Do(Action change)
    {
        change();
        return null;
    }

    // A process starts anew; what was revoked is read again before the first listing.
    private void Restart()
    {
        State = CredentialState.Empty;
        var now = new Instant(_utc, _elapsed);
        foreach (var id in _revocations.Keys)
        {
            State = CredentialLifecycle.Step(State, new LifecycleInput.Revoked(id, "list"), now, _policy).State;
        }
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

    private BackendListing Listing() =>
        new([.. (_complete ? _stored : _stored.TakeLast(1)).Select(version => Known(version.Id) ? Copy(version, withValue: false) : version)]) { IsComplete = _complete };

    // As the engine asks: not again for a value that is at hand, nor for one out of service until it comes back.
    private bool Known(string id) => State.Find(id) is { } version && (version.HasValue || (!version.IsInService && !version.WantsValue));

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

    private static BackendVersion Copy(BackendVersion version, bool? isEnabled = null, DateTimeOffset? expiresOn = null, VersionLabel? label = null, bool withValue = true) =>
        new(version.Id, withValue ? version.Value : null)
        {
            Label = label ?? version.Label,
            IsEnabled = isEnabled ?? version.IsEnabled,
            CreatedOn = version.CreatedOn,
            NotBefore = version.NotBefore,
            ExpiresOn = expiresOn ?? version.ExpiresOn,
        };
}
