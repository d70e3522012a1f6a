using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Following;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>
/// One credential: applies the lifecycle's steps under its lock and publishes what they give to its views, one a consumer. Readers never take the lock.
/// </summary>
internal sealed class CredentialCore : IRefreshTarget
{
    private readonly Lock _gate = new();
    private readonly CoreSettings _settings;
    private readonly RefreshScheduler _scheduler;
    private readonly EngineClock _clock;
    private readonly UseLedger _ledger;
    private readonly CredentialMetrics _metrics;
    private readonly EngineLog _log;
    private readonly BoundedNames _callers;
    private readonly ChangeSource _changes = new();
    private readonly RefreshEntry _entry;

    // A process may hold very many credentials, most with one consumer, few versions and nobody waiting: what only some need is made when it is needed.
    private ImmutableArray<LiveVersion> _known = [];
    private Dictionary<string, RotatingCredentialProvider>? _otherViews;
    private TaskCompletionSource? _awaited;
    private volatile MatchTable? _matches;
    private CredentialState _state = CredentialState.Empty;
    private long _generation;
    private long _steps;
    private volatile bool _acceptanceMatters;

    public CredentialCore(CoreSettings settings, RefreshScheduler scheduler, EngineClock clock, UseLedger ledger, CredentialMetrics metrics, EngineLog log)
    {
        _settings = settings;
        _scheduler = scheduler;
        _clock = clock;
        _ledger = ledger;
        _metrics = metrics;
        _log = log;
        _callers = new BoundedNames(settings.MaxCallers);
        Default = new RotatingCredentialProvider(this, settings.DefaultConsumer);
        ledger.Describe(settings.Name, settings.Owner, settings.Purpose, settings.QuietPeriod);
        _entry = scheduler.Register(this);
    }

    public string Name => _settings.Name;

    public string Key => _settings.Key;

    public ICredentialBackend Backend => _settings.Backend;

    public RefreshPolicy Policy => _settings.Refresh;

    /// <summary>The view of those who did not say who they are.</summary>
    public RotatingCredentialProvider Default { get; }

    /// <summary>What the lifecycle knows.</summary>
    public CredentialState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    public RotatingCredentialProvider ViewFor(string consumer)
    {
        if (consumer == Default.Consumer)
        {
            return Default;
        }

        lock (_gate)
        {
            _otherViews ??= new(StringComparer.Ordinal);
            if (_otherViews.TryGetValue(consumer, out var view))
            {
                return view;
            }

            if (_otherViews.Count >= _settings.MaxConsumers)
            {
                return _otherViews.TryGetValue(BoundedNames.Other, out view) ? view : AddView(_otherViews, BoundedNames.Other);
            }

            return AddView(_otherViews, consumer);
        }
    }

    public BackendRequest NewRequest()
    {
        lock (_gate)
        {
            var known = _state.Versions.Where(version => version.HasValue || version.Stage == CredentialStage.Revoked).Select(version => version.Id);
            return new BackendRequest(Name, Key, known.ToFrozenSet(StringComparer.Ordinal));
        }
    }

    public NextStep TakeListing(BackendListing listing)
    {
        var (transition, next) = Step(new LifecycleInput.Listed(listing), listing);
        return transition.Refusal is { } refusal
            ? throw new BackendException(Name, BackendFailure.InvalidContent, refusal, "Check what the backend holds for this credential.")
            : next;
    }

    public NextStep Tick() => Step(LifecycleInput.Ticked.Instance).Next;

    public async ValueTask<NextStep> ProbeAsync(string versionId, CancellationToken ct) =>
        Step(new LifecycleInput.Probed(versionId, await CallProbeAsync(versionId, TelemetryNames.BeforePromotion, ct).ConfigureAwait(false))).Next;

    public async ValueTask<NextStep> ProveRetirementAsync(string versionId, CancellationToken ct) =>
        Step(new LifecycleInput.ProbedAfterRetirement(versionId, await CallProbeAsync(versionId, TelemetryNames.AfterRetirement, ct).ConfigureAwait(false))).Next;

    public void EnsureStarted() => _scheduler.Start();

    public async ValueTask WaitUntilPresentableAsync(CancellationToken ct)
    {
        EnsureStarted();
        var presentable = PresentableAsync();
        var result = await _scheduler.RefreshAsync(_entry, RefreshReason.Startup).WaitAsync(ct).ConfigureAwait(false);
        if (presentable.IsCompleted)
        {
            return;
        }

        if (result.Error is { } error && (!error.IsTransient || _scheduler.IsStopped))
        {
            throw Unavailable(error);
        }

        try
        {
            await presentable.WaitAsync(_settings.FirstLoadTimeout, _clock.Time, ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw Unavailable(_entry.LastError);
        }
    }

    public CredentialUnavailableException Unavailable() => Unavailable(_entry.LastError);

    public async ValueTask RefreshAsync(RefreshReason reason, CancellationToken ct)
    {
        EnsureStarted();
        var result = await _scheduler.RefreshAsync(_entry, reason).WaitAsync(ct).ConfigureAwait(false);
        if (result.Error is { } error)
        {
            // A new exception for each waiter: a shared one would collect their stack traces.
            throw new BackendException(error.CredentialName, error.Failure, error.Cause, error.Fix) { RetryAfter = error.RetryAfter };
        }
    }

    public void Signal()
    {
        EnsureStarted();
        _scheduler.Signal(_entry);
    }

    public async ValueTask RevokeAsync(string versionId, string why, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(versionId);
        ArgumentException.ThrowIfNullOrEmpty(why);
        using var activity = CredentialActivities.StartRevoke(Name, versionId);
        StepAndReschedule(new LifecycleInput.Revoked(versionId, why));

        // The revocation has happened; whether the backend has something newer is told by the log and the set.
        EnsureStarted();
        var result = await _scheduler.RefreshAsync(_entry, RefreshReason.Requested).WaitAsync(ct).ConfigureAwait(false);
        if (result.Error is { } error)
        {
            // The revocation stands; only what was to follow it failed.
            activity.NoteFailure(error.Failure);
        }
    }

    public void Report(Credential credential, CredentialOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(credential);
        if (outcome == CredentialOutcome.Accepted)
        {
            // The rule for a healthy credential whose current version was accepted before: nothing to remember, so nothing to lock.
            if (_acceptanceMatters)
            {
                NoteAcceptance(credential.VersionId);
                StepAndReschedule(new LifecycleInput.Reported(credential.VersionId, outcome));
            }

            return;
        }

        _metrics.Rejected(Name, credential.VersionId, credential.Consumer);
        StepAndReschedule(new LifecycleInput.Reported(credential.VersionId, outcome));
        if (credential.VersionId == Default.CurrentOrNull?.VersionId)
        {
            EnsureStarted();
            _ = _scheduler.RefreshAsync(_entry, RefreshReason.Rejection);
        }
    }

    public CredentialMatch Match(ReadOnlySpan<byte> presented, string consumer, string? caller) =>
        Recognize((_matches ?? MakeMatches()).Find(presented), consumer, caller);

    public CredentialMatch MatchProof(Func<Credential, bool> proves, string consumer, string? caller)
    {
        ArgumentNullException.ThrowIfNull(proves);
        return Recognize((_matches ?? MakeMatches()).Find(proves, consumer), consumer, caller);
    }

    public IChangeToken GetChangeToken() => _changes.GetToken();

    public VersionReading[] ReadVersions()
    {
        var now = _clock.Now;
        lock (_gate)
        {
            return
            [
                .. _state.Versions.Select(version => new VersionReading(
                    Name,
                    version.Id,
                    version.Stage,
                    now.Utc - version.CreatedOn,
                    version.ExpiresOn - now.Utc,
                    version.Stage == CredentialStage.Previous ? version.OverlapEndsAt - now.Elapsed : null,
                    IsProven(version))),
            ];
        }
    }

    public CredentialStatus ReadStatus()
    {
        var state = State;
        var refresh = _scheduler.ReadHealth(_entry);
        var now = _clock.Now;
        var current = state.Find(state.PresentedId);
        return new CredentialStatus
        {
            Name = Name,
            CurrentId = current?.Id,
            Unavailable = current is null ? Unavailable(refresh.Error) : null,
            LastError = refresh.Error,
            Failures = refresh.Failures,
            FailingFor = refresh.FailingFor,
            Paused = Ids(state, version => version.PausedUntil is not null),
            Unproven = Ids(state, version => version is { Stage: CredentialStage.Pending, Probe: ProbeVerdict.Rejected or ProbeVerdict.Inconclusive }),
            Violated = Ids(state, version => version is { IsInService: false, Proof.Verdict: ProbeVerdict.Accepted }),
            TimeToExpiry = current?.ExpiresOn - now.Utc,
            HasSuccessor = current?.ExpiresOn is { } end
                && state.Versions.Any(version => version.Id != current.Id && version.IsUsable(now) && !(version.ExpiresOn <= end)),
        };
    }

    public void DeriveFailed(string versionId, Exception error) => _log.DeriveFailed(Name, versionId, Describe(error));

    /// <summary>A version for building or probing, if its value is still there.</summary>
    public (Credential Credential, LentTracker Loan)? Lend(string versionId, string consumer)
    {
        lock (_gate)
        {
            return Find(versionId)?.Lend(consumer);
        }
    }

    // Our own errors say no value and why; of any other, only the type is told.
    private static string Describe(Exception error) => error is CredentialException own ? own.Cause : error.GetType().FullName!;

    private CredentialMatch Recognize(MatchTable.Entry? entry, string consumer, string? caller)
    {
        if (entry is null)
        {
            return default;
        }

        var record = entry.Record;
        var use = record.ForCaller(consumer, caller is null ? BoundedNames.Other : _callers.Fold(caller));
        use.RecordUse();
        var stage = record.Stage;
        var accepted = stage switch
        {
            CredentialStage.Current or CredentialStage.Previous => true,
            CredentialStage.Pending => !(entry.NotBefore > _clock.Time.GetUtcNow()),
            _ => false,
        };
        var match = new CredentialMatch(record.VersionId, stage, accepted && Default.CurrentOrNull is not null, use);
        return stage == CredentialStage.Previous ? match with { SupersededAt = record.History.SupersededAt, ValidUntil = entry.ValidUntil } : match;
    }

    private async ValueTask<ProbeResult> CallProbeAsync(string versionId, string purpose, CancellationToken ct)
    {
        using var activity = CredentialActivities.StartProbe(Name, versionId, purpose);
        var result = _settings.Probe is { } probe && Lend(versionId, Default.Consumer) is var (credential, loan)
            ? await ProbeCaller.CallAsync(probe, credential, loan, _settings.ProbeTimeout, _clock.Time, ct).ConfigureAwait(false)
            : new ProbeResult(ProbeVerdict.Inconclusive, "the version is gone");
        activity.SetVerdict(result.Verdict);
        _metrics.Probed(Name, purpose, result.Verdict);
        return result;
    }

    private static ImmutableArray<string> Ids(CredentialState state, Func<VersionState, bool> predicate) =>
        [.. state.Versions.Where(predicate).Select(version => version.Id)];

    private CredentialUnavailableException Unavailable(BackendException? last)
    {
        var state = State;
        if (state.ListedAt is null)
        {
            return last is null
                ? new(Name, "it is not loaded yet", "Await GetCurrentAsync(), or let the host start before the first use.")
                : new(Name, $"it could not be loaded: {last.Cause}", last.Fix);
        }

        return state.IsStale
            ? new(Name, $"the backend has not answered for longer than MaxStaleness ({_settings.Lifecycle.MaxStaleness})", "Restore access to the backend, or raise MaxStaleness.")
            : new(Name, "none of its versions may be presented: they are pending, expired, disabled or revoked", "Add a valid version to the backend.");
    }

    private void StepAndReschedule(LifecycleInput input)
    {
        var (transition, next) = Step(input);
        if (transition.Facts.Length > 0)
        {
            _scheduler.Reschedule(_entry, next);
        }
    }

    private (Transition Transition, NextStep Next) Step(LifecycleInput input, BackendListing? listing = null)
    {
        Transition transition;
        NextStep next;
        var changed = false;
        lock (_gate)
        {
            var now = _clock.Now;
            transition = CredentialLifecycle.Step(_state, input, now, _settings.Lifecycle);
            var before = _state;
            _state = transition.State;
            Keep(transition.Refusal is null ? listing : null);
            next = new NextStep(transition.WakeAt, transition.ProbeNow, transition.ProveNow, ++_steps);
            changed = transition.Facts.Length > 0 || before.PresentedId != _state.PresentedId || LostValue(before);
            if (changed)
            {
                Publish();
                EvidenceTrail.Record(_ledger, Find, before, _state, transition.Facts, now, _settings.Probe?.GetType().Name);
            }

            _acceptanceMatters = _state.Rejections > 0 || _state.Find(_state.CurrentId) is { Pauses: > 0 } || !IsAccepted(_state.CurrentId);
        }

        if (changed)
        {
            _ledger.Flush();
        }

        FactLog.Write(_log, _metrics, Name, transition.Facts);
        if (changed)
        {
            Announce();
        }

        return (transition, next);
    }

    // Until the current version was accepted once: the first acceptance is evidence.
    private void NoteAcceptance(string versionId)
    {
        lock (_gate)
        {
            if (!IsAccepted(versionId) && Find(versionId) is { } version)
            {
                _ledger.Note(version.Record, EvidenceTrail.Event(EvidenceKind.Accepted, version.Record, _clock.Time.GetUtcNow()));
            }
        }
    }

    // Under the lock.
    private bool IsAccepted(string? versionId) =>
        versionId is null || Find(versionId)?.Record.History.AcceptedAt is not null;

    // Under the lock. By the evidence, not by the state: an acceptance from before a rollback is over.
    private bool IsProven(VersionState version) =>
        Find(version.Id)?.Record.History is { } history && (history.AcceptedAt is not null || history.Probe is { Verdict: ProbeVerdict.Accepted });

    // Under the lock.
    private bool LostValue(CredentialState before) =>
        before.Versions.Any(version => version.NeedsValue && _state.Find(version.Id) is { NeedsValue: false });

    // Under the lock.
    private void Keep(BackendListing? listing)
    {
        if (listing is not null)
        {
            _ledger.Describe(Name, _settings.Owner ?? listing.Owner, _settings.Purpose ?? listing.Purpose, _settings.QuietPeriod);
        }

        foreach (var listed in listing?.Versions ?? [])
        {
            var version = Find(listed.Id) ?? Add(listed.Id);
            version.Record.CreatedOn ??= listed.CreatedOn;
            if (listed.Value is not null && version.Value is null && version.Record.Stage != CredentialStage.Revoked)
            {
                version.Keep(listed.Value);
            }
        }
    }

    // Under the lock.
    private void Publish()
    {
        LetGo();

        // First the promotion, then the new picture, then the demotions: whoever reads Current never sees a demoted version there,
        // and uses until the switch belong to the stage before it.
        var current = Find(_state.PresentedId);
        current?.Record.MoveTo(CredentialStage.Current);
        _generation++;
        foreach (var view in Views())
        {
            Show(view);
        }

        _matches = null;
        Interlocked.MemoryBarrierProcessWide();
        foreach (var version in _state.Versions)
        {
            Find(version.Id)?.Record.MoveTo(version.Stage);
        }

        if (current is not null)
        {
            _awaited?.TrySetResult();
            _awaited = null;
        }
    }

    // Under the lock. Forgets what the lifecycle forgot, and drops values that nothing may use any more.
    private void LetGo()
    {
        foreach (var version in _known)
        {
            if (_state.Find(version.Id) is not { } state)
            {
                _known = _known.Remove(version);
                _ledger.RemoveVersion(version.Record);
            }
            else if (!state.NeedsValue)
            {
                version.DropValue();
            }
        }

        foreach (var state in _state.Versions)
        {
            _ = Find(state.Id) ?? Add(state.Id);
        }
    }

    // Under the lock.
    private LiveVersion? Find(string? versionId)
    {
        foreach (var version in _known)
        {
            if (version.Id == versionId)
            {
                return version;
            }
        }

        return null;
    }

    // Under the lock.
    private LiveVersion Add(string versionId)
    {
        var version = new LiveVersion(_ledger.AddVersion(Name, versionId));
        _known = _known.Add(version);
        return version;
    }

    // Under the lock.
    private RotatingCredentialProvider AddView(Dictionary<string, RotatingCredentialProvider> views, string consumer)
    {
        var view = new RotatingCredentialProvider(this, consumer);
        views.Add(consumer, view);
        if (_generation > 0)
        {
            Show(view);
        }

        return view;
    }

    // Under the lock.
    private void Show(RotatingCredentialProvider view)
    {
        var current = Find(_state.PresentedId) is { } presented ? view.CredentialFor(presented, _state.Find(presented.Id)!) : null;
        var set = new CredentialSet(
            Name,
            _generation,
            current,
            Credentials(view, CredentialStage.Pending),
            Credentials(view, CredentialStage.Previous),
            Credentials(view, CredentialStage.Retired));
        view.Show(set);
        view.KeepOnly(_state);
    }

    private Credential[] Credentials(RotatingCredentialProvider view, CredentialStage stage)
    {
        var states = _state.Versions.Where(version => version.Stage == stage && version.HasValue).ToArray();
        if (states.Length == 0)
        {
            return [];
        }

        // Pending: newest first. The others: the most recently replaced first.
        Array.Sort(states, (a, b) => stage == CredentialStage.Pending || a.OverlapEndsAt == b.OverlapEndsAt
            ? b.CompareAge(a)
            : Nullable.Compare(b.OverlapEndsAt, a.OverlapEndsAt));
        return Array.ConvertAll(states, state => view.CredentialFor(Find(state.Id)!, state));
    }

    private MatchTable MakeMatches()
    {
        lock (_gate)
        {
            return _matches ??= BuildMatches();
        }
    }

    // The last one found wins, should two versions have the same value or a message be signed with several: the current one, then the others in service.
    private MatchTable BuildMatches()
    {
        var now = _clock.Now;
        return new(
        [
            .. from version in _state.Versions
               orderby version.Stage switch { CredentialStage.Current => 3, CredentialStage.Pending => 2, CredentialStage.Previous => 1, _ => 0 }
               let known = Find(version.Id)
               where known?.Fingerprint is not null
               select new MatchTable.Entry(known.Record, known.Fingerprint!.Value, known.Value, version.NotBefore, ValidUntil(version, now)),
        ]);
    }

    private static DateTimeOffset? ValidUntil(VersionState version, Instant now)
    {
        var overlapEnds = version.Stage == CredentialStage.Previous ? now.UtcAt(version.OverlapEndsAt) : null;
        return version.ExpiresOn < overlapEnds ? version.ExpiresOn : overlapEnds;
    }

    private void Announce()
    {
        RotatingCredentialProvider[] views;
        lock (_gate)
        {
            views = Views();
        }

        foreach (var view in views)
        {
            view.BuildDerived();
        }

        try
        {
            _changes.Fire();
        }
        catch (AggregateException errors)
        {
            foreach (var error in errors.Flatten().InnerExceptions)
            {
                _log.SubscriberFailed(Name, Describe(error));
            }
        }
    }

    // Under the lock.
    private RotatingCredentialProvider[] Views() => _otherViews is null ? [Default] : [Default, .. _otherViews.Values];

    // Completes at once, or when the next set with a current version is published.
    private Task PresentableAsync()
    {
        lock (_gate)
        {
            return Default.CurrentOrNull is not null
                ? Task.CompletedTask
                : (_awaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
