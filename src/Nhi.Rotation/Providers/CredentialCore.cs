using System.Diagnostics;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Revocations;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>One credential: applies the lifecycle's steps under the shelf's lock and has them published. Readers never take the lock.</summary>
internal sealed class CredentialCore : IRefreshTarget
{
    private readonly CoreSettings _settings;
    private readonly EngineParts _engine;
    private readonly VersionShelf _shelf;
    private readonly Publisher _publisher;
    private readonly RefreshEntry _entry;

    // Made on first use: most credentials are never presented to us.
    private Inbound? _inbound;
    private long _steps;
    private volatile bool _acceptanceMatters;

    public CredentialCore(CoreSettings settings, EngineParts engine)
    {
        _settings = settings;
        _engine = engine;
        _shelf = new VersionShelf(settings.Name, engine.Ledger);
        _publisher = new Publisher(this, _shelf, settings.Rules.DefaultConsumer);
        engine.Ledger.Describe(settings.Name, settings.Owner, settings.Purpose, settings.Rules.QuietPeriod, settings.Rules.DefaultConsumer);
        _entry = engine.Scheduler.Register(this);
    }

    public string Name => _settings.Name;

    public string Key => _settings.Key;

    public ICredentialBackend Backend => _settings.Backend;

    public RefreshPolicy Policy => _settings.Rules.Refresh;

    public LifecyclePolicy Lifecycle => _settings.Rules.Lifecycle;

    /// <summary>The view of those who did not say who they are.</summary>
    public RotatingCredentialProvider Default => _publisher.Default;

    /// <summary>What the lifecycle knows.</summary>
    public CredentialState State
    {
        get
        {
            lock (_shelf.Gate)
            {
                return _shelf.State;
            }
        }
    }

    public RotatingCredentialProvider ViewFor(string consumer) => _publisher.ViewFor(consumer, _settings.Rules.MaxConsumers);

    public IChangeToken GetChangeToken() => _publisher.GetChangeToken();

    public BackendRequest NewRequest() => new(Name, Key, new KnownVersionIds(State.Versions));

    public NextStep TakeListing(BackendListing listing)
    {
        var revocations = Revocations.Entries;
        var (transition, next) = Step(new LifecycleInput.Listed(listing, ListingExam.Of(listing, _settings.Rules.Values, revocations, Name)), listing);
        if (!ReferenceEquals(revocations, Revocations.Entries))
        {
            // They changed meanwhile, and who applied the change did not see these versions.
            Revoke(Revocations.Entries);
        }

        return transition.Refusal is { } refusal
            ? throw new BackendException(Name, BackendFailure.InvalidContent, refusal, "Check what the backend holds for this credential.")
            : next;
    }

    public NextStep Tick() => Step(LifecycleInput.Ticked.Instance).Next;

    public async ValueTask<NextStep> ProbeAsync(string versionId, CancellationToken ct) =>
        Step(new LifecycleInput.Probed(versionId, await CallProbeAsync(versionId, TelemetryNames.BeforePromotion, ct).ConfigureAwait(false))).Next;

    public async ValueTask<NextStep> ProveRetirementAsync(string versionId, CancellationToken ct) =>
        Step(new LifecycleInput.ProbedAfterRetirement(versionId, await CallProbeAsync(versionId, TelemetryNames.AfterRetirement, ct).ConfigureAwait(false))).Next;

    public void EnsureStarted() => _engine.Scheduler.Start();

    public async ValueTask WaitUntilPresentableAsync(CancellationToken ct)
    {
        var presentable = _publisher.PresentableAsync();
        var result = await RefreshAsync(RefreshReason.Startup, ct).ConfigureAwait(false);
        if (presentable.IsCompleted)
        {
            return;
        }

        if (result.Error is { } error && (!error.IsTransient || _engine.Scheduler.IsStopped))
        {
            throw Unavailability.Of(_settings, State, error);
        }

        try
        {
            await presentable.WaitAsync(_settings.Rules.FirstLoadTimeout, _engine.Clock.Time, ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw Unavailable();
        }
    }

    public CredentialUnavailableException Unavailable() => Unavailability.Of(_settings, State, _entry.LastError);

    public Task<FlightResult> RefreshAsync(RefreshReason reason, CancellationToken ct)
    {
        EnsureStarted();
        return _engine.Scheduler.RefreshAsync(_entry, reason).WaitAsync(ct);
    }

    public void Signal()
    {
        EnsureStarted();
        _engine.Scheduler.Signal(_entry);
    }

    public async ValueTask RevokeAsync(string versionId, string why, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(versionId);
        ArgumentException.ThrowIfNullOrEmpty(why);
        using var activity = CredentialActivities.StartRevoke(Name, versionId);
        var value = Revocations.ValueOf(versionId);
        StepAndReschedule(new LifecycleInput.Revoked(versionId, why));
        await Revocations.KeepAsync(versionId, value, why, _engine.Clock.Time.GetUtcNow(), ct).ConfigureAwait(false);

        // The revocation has happened; whether the backend has something newer is told by the log and the set.
        var result = await RefreshAsync(RefreshReason.Requested, ct).ConfigureAwait(false);
        if (result.Error is { } error)
        {
            // The revocation stands; only what was to follow it failed.
            activity.NoteFailure(error.Failure);
        }
    }

    /// <summary>Revokes the versions of which entries of a list speak.</summary>
    public void Revoke(IEnumerable<StandingRevocation> entries)
    {
        var revoked = Revocations.Find(entries);
        foreach (var (versionId, why) in revoked)
        {
            StepAndReschedule(new LifecycleInput.Revoked(versionId, why));
        }

        if (revoked.Count > 0)
        {
            // Something newer may be there already.
            Signal();
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

        _engine.Metrics.Rejected(Name, credential.VersionId, credential.Consumer);
        StepAndReschedule(new LifecycleInput.Reported(credential.VersionId, outcome));
        if (credential.VersionId == Default.CurrentOrNull?.VersionId)
        {
            EnsureStarted();
            _ = _engine.Scheduler.RefreshAsync(_entry, RefreshReason.Rejection);
        }
    }

    /// <summary>Adds the versions that have a value to a list. That is no use of them.</summary>
    public void Find(ReadOnlySpan<byte> value, List<KnownValue> found)
    {
        var fingerprint = VersionFingerprint.Of(value);
        lock (_shelf.Gate)
        {
            // Also what no caller is accepted with: it may have leaked all the same.
            foreach (var version in _shelf.Versions)
            {
                if (version.Fingerprint == fingerprint)
                {
                    found.Add(new KnownValue(Name, version.Id, version.State.Stage));
                }
            }
        }
    }

    public CredentialMatch Match(ReadOnlySpan<byte> presented, string consumer, string? caller) =>
        WayIn().Recognize(WayIn().Find(presented), consumer, caller, Default.CurrentOrNull is not null);

    public CredentialMatch MatchProof(Func<Credential, bool> proves, string consumer, string? caller)
    {
        ArgumentNullException.ThrowIfNull(proves);
        return WayIn().Recognize(WayIn().Find(proves, consumer), consumer, caller, Default.CurrentOrNull is not null);
    }

    public VersionReading[] ReadVersions()
    {
        var now = _engine.Clock.Now;
        lock (_shelf.Gate)
        {
            return Array.ConvertAll(_shelf.Versions.ToArray(), version => new VersionReading(
                Name,
                version.Id,
                version.State.Stage,
                now.Utc - version.State.CreatedOn,
                version.State.ExpiresOn - now.Utc,
                version.State.Stage == CredentialStage.Previous ? version.State.OverlapEndsAt - now.Elapsed : null,
                version.IsProven));
        }
    }

    public CredentialStatus ReadStatus() => CredentialStatus.Of(_settings, State, _engine.Scheduler.ReadHealth(_entry), _engine.Clock.Now);

    public void DeriveFailed(string versionId, Exception error) => _engine.Log.DeriveFailed(Name, versionId, Publisher.CauseOf(error));

    /// <summary>A version for building or probing, if its value is still there.</summary>
    public (Credential Credential, LentTracker Loan)? Lend(string versionId, string consumer)
    {
        lock (_shelf.Gate)
        {
            return _shelf.Find(versionId)?.Lend(consumer);
        }
    }

    private Inbound WayIn()
    {
        if (_inbound is { } known)
        {
            return known;
        }

        // What a step changes is forgotten under the lock, so it is made there too.
        lock (_shelf.Gate)
        {
            return _inbound ??= new Inbound(_shelf, _engine.Clock, _settings.Rules.MaxCallers, _engine.Log);
        }
    }

    private RevocationDesk Revocations => new(_shelf, _engine.Revocations, _engine.Log);

    /// <summary>Something was built from a version, for somebody.</summary>
    public void NoteBuilt(string versionId, string consumer, object built, bool isShared)
    {
        lock (_shelf.Gate)
        {
            var record = _shelf.Find(versionId)?.Record;
            if (isShared)
            {
                record?.TakeBack(built);
            }
            else
            {
                record?.Give(consumer, built, KeptObjects.Derived);
            }
        }
    }

    private async ValueTask<ProbeResult> CallProbeAsync(string versionId, string purpose, CancellationToken ct)
    {
        using var activity = CredentialActivities.StartProbe(Name, versionId, purpose);
        var result = _settings.Probe is { } probe && Lend(versionId, Default.Consumer) is var (credential, loan)
            ? await ProbeCaller.CallAsync(probe, credential, loan, _settings.Rules.ProbeTimeout, _engine.Clock.Time, ct).ConfigureAwait(false)
            : new ProbeResult(ProbeVerdict.Inconclusive, "the version is gone");
        activity.SetVerdict(result.Verdict);
        _engine.Metrics.Probed(Name, purpose, result.Verdict);
        return result;
    }

    private void StepAndReschedule(LifecycleInput input)
    {
        var (transition, next) = Step(input);
        if (transition.Facts.Length > 0)
        {
            _engine.Scheduler.Reschedule(_entry, next);
        }
    }

    private (Transition Transition, NextStep Next) Step(LifecycleInput input, BackendListing? listing = null)
    {
        Transition transition;
        NextStep next;
        bool changed, wants;
        lock (_shelf.Gate)
        {
            wants = !_shelf.State.WantsValue;
            var now = _engine.Clock.Now;
            transition = CredentialLifecycle.Step(_shelf.State, input, now, _settings.Rules.Lifecycle);
            next = new NextStep(transition.WakeAt, transition.ProbeNow, transition.ProveNow, LifeOf(transition.State, now), ++_steps);
            changed = Take(transition, transition.Refusal is null ? listing : null, now);
            wants &= transition.State.WantsValue;
        }

        if (changed)
        {
            _engine.Ledger.Flush();
        }

        FactLog.Write(_engine.Log, _engine.Metrics, Name, transition.Facts);
        if (changed)
        {
            _publisher.Announce(_engine.Log);
        }

        if (wants)
        {
            // What comes back into service has no value here any more: the backend is asked for it, once.
            Signal();
        }

        return (transition, next);
    }

    private static Life? LifeOf(CredentialState state, Instant now) => state.Find(state.CurrentId) switch
    {
        null => null,
        { ExpiresOn: { } end } version => new Life(now.ElapsedAt(version.NotBefore ?? version.DatedAs), now.ElapsedAt(end)),
        _ => Life.Endless,
    };

    // Whether there is something new to see.
    private bool Take(Transition transition, BackendListing? listing, Instant now)
    {
        Debug.Assert(_shelf.Gate.IsHeldByCurrentThread);
        if (listing is not null)
        {
            _engine.Ledger.Describe(Name, _settings.Owner ?? listing.Owner, _settings.Purpose ?? listing.Purpose, _settings.Rules.QuietPeriod, _settings.Rules.DefaultConsumer);
        }

        var before = _shelf.State;
        var dropped = _shelf.Take(transition.State, listing);
        var changed = dropped || transition.Facts.Length > 0 || before.PresentedId != transition.State.PresentedId || before.HasPaused != transition.State.HasPaused;
        if (changed)
        {
            _publisher.Publish();
            _inbound?.Forget();
            EvidenceTrail.Record(_engine.Ledger, _shelf, before, transition.Facts, now, _settings.Probe?.GetType().Name);
        }

        var current = _shelf.Find(transition.State.CurrentId);
        _acceptanceMatters = transition.State.Rejections > 0 || current is { State.Pauses: > 0 } or { IsAccepted: false } || transition.State.HasPaused;
        return changed;
    }

    // Until the current version was accepted once: the first acceptance is evidence.
    private void NoteAcceptance(string versionId)
    {
        lock (_shelf.Gate)
        {
            if (_shelf.Find(versionId) is { IsAccepted: false } version)
            {
                _engine.Ledger.Note(version.Record, EvidenceTrail.Event(EvidenceKind.Accepted, version.Record, _engine.Clock.Time.GetUtcNow()));
            }
        }
    }
}
