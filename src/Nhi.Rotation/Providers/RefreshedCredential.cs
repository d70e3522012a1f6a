using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Revocations;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>A credential, as the scheduler knows it: what it asks the backend, and the steps that follow from answers, probes and time. One object with its door, <see cref="CredentialCore"/>.</summary>
internal abstract class RefreshedCredential : RefreshEntry
{
    protected RefreshedCredential(CoreSettings settings, EngineParts engine)
        : base(engine.Clock.Elapsed)
    {
        Settings = settings;
        Engine = engine;
        Shelf = new VersionShelf(engine.Ledger.Describe(settings.Name, settings.Owner, settings.Purpose, settings.Rules.Terms, settings.Formerly, settings.Origin), engine.Ledger);
        if (settings.Lessor is { } lessor)
        {
            engine.Lease(settings, lessor, () => State, Signal);
        }
    }

    public override string Name => Settings.Name;

    public override string Key => Settings.Key;

    public override ICredentialBackend Backend => Settings.Backend;

    public override RefreshPolicy Policy => Settings.Rules.Refresh;

    public CoreSettings Settings { get; }

    public VersionShelf Shelf { get; }

    /// <summary>What the lifecycle knows.</summary>
    public CredentialState State
    {
        get
        {
            lock (Shelf.Gate)
            {
                return Shelf.State;
            }
        }
    }

    protected EngineParts Engine { get; }

    protected RevocationDesk Revocations => new(Shelf, Engine);

    protected abstract Publisher Publisher { get; }

    public override BackendRequest NewRequest() => Settings.RequestFor(State);

    public override NextStep TakeListing(BackendListing listing)
    {
        listing = TextReading.Read(listing, Settings, Engine.Log);
        var revocations = Revocations.Entries;
        var (transition, next) = Step(new LifecycleInput.Listed(listing, ListingExam.Of(listing, Settings.Rules.Values, revocations, Name)), listing);
        if (!ReferenceEquals(revocations, Revocations.Entries))
        {
            // They changed meanwhile, and who applied the change did not see these versions.
            Revoke(Revocations.Entries);
        }

        return transition.Refusal is { } refusal
            ? throw new BackendException(Name, BackendFailure.InvalidContent, refusal, "Check what the backend holds for this credential.")
            : next;
    }

    public override NextStep Tick() => Step(LifecycleInput.Ticked.Instance).Next;

    public override async ValueTask<NextStep> ProbeAsync(string versionId, CancellationToken ct) =>
        Step(new LifecycleInput.Probed(versionId, await ProbeCaller.AskAsync(Settings, Engine, Shelf, versionId, isRetired: false, ct).ConfigureAwait(false))).Next;

    public override async ValueTask<NextStep> ProveRetirementAsync(string versionId, CancellationToken ct) =>
        Step(new LifecycleInput.ProbedAfterRetirement(versionId, await ProbeCaller.AskAsync(Settings, Engine, Shelf, versionId, isRetired: true, ct).ConfigureAwait(false))).Next;

    /// <summary>Asks the backend soon.</summary>
    public abstract void Signal();

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

    /// <summary>Takes in what did not come from a refresh.</summary>
    protected void StepAndReschedule(LifecycleInput input)
    {
        var (transition, next) = Step(input);
        if (transition.Facts.Length > 0)
        {
            Engine.Scheduler.Reschedule(this, next);
        }
    }

    private (Transition Transition, NextStep Next) Step(LifecycleInput input, BackendListing? listing = null)
    {
        var (transition, next, wantsValue) = Engine.Stepper.Step(Settings, Shelf, Publisher, input, listing);
        if (wantsValue)
        {
            Signal();
        }

        return (transition, next);
    }
}
