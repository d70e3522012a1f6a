using System.Diagnostics;
using Nhi.Rotation.EventStream;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>Applies the lifecycle's steps to a credential's shelf, under its lock, and has them published, noted and told. One for all credentials.</summary>
internal sealed class Stepper(EngineClock clock, UseLedger ledger, CredentialMetrics metrics, EngineLog log, EventFeed events, Action noted, Func<ReadOnlyMemory<byte>, string>? tag)
{
    /// <summary>One step.</summary>
    /// <returns>What came of it, what the credential needs next, and whether that is a value: what comes back into service has none here any more, and the backend is asked for it, once.</returns>
    public (Transition Transition, NextStep Next, bool WantsValue) Step(CoreSettings settings, VersionShelf shelf, Publisher publisher, LifecycleInput input, BackendListing? listing = null)
    {
        Instant now;
        Transition transition;
        NextStep next;
        bool changed, wantsValue;
        lock (shelf.Gate)
        {
            now = clock.Now;
            var wanted = shelf.State.WantsValue;
            transition = CredentialLifecycle.Step(shelf.State, input, now, settings.Rules.Lifecycle);
            next = new NextStep(transition.WakeAt, transition.ProbeNow, transition.ProveNow, VersionLives.OfCurrent(transition.State, now), shelf.NextOrder());
            wantsValue = !wanted && transition.State.WantsValue;
            changed = Take(settings, shelf, publisher, transition, transition.Refusal is null ? listing : null, now);
        }

        if (changed)
        {
            ledger.Flush();
            noted();
        }

        FactLog.Write(log, metrics, settings.Name, transition.Facts);
        FactEvents.Tell(events, settings.Name, transition.Facts, now.Utc);
        if (changed)
        {
            publisher.Announce(log);
        }

        return (transition, next, wantsValue);
    }

    /// <summary>Until the current version was accepted once, or answered: the first time is evidence.</summary>
    public void NoteAcceptance(VersionShelf shelf, string versionId, CredentialOutcome outcome, string? asFarAs)
    {
        lock (shelf.Gate)
        {
            if (shelf.Find(versionId) is { IsAccepted: false } version && (outcome == CredentialOutcome.Accepted || !version.IsAnswered))
            {
                var kind = outcome == CredentialOutcome.Accepted ? EvidenceKind.Accepted : EvidenceKind.Answered;
                ledger.Note(version, EvidenceTrail.Event(kind, version, clock.Time.GetUtcNow()) with { Detail = kind == EvidenceKind.Answered ? asFarAs : null });
            }
        }
    }

    // Whether there is something new to see.
    private bool Take(CoreSettings settings, VersionShelf shelf, Publisher publisher, Transition transition, BackendListing? listing, Instant now)
    {
        Debug.Assert(shelf.Gate.IsHeldByCurrentThread);
        if (listing is not null)
        {
            ledger.Describe(settings.Name, settings.Owner ?? listing.Owner, settings.Purpose ?? listing.Purpose, settings.Rules.Terms, settings.Formerly, settings.Origin);
        }

        var before = shelf.State;
        var dropped = shelf.Take(transition.State, listing);
        var changed = dropped || transition.Facts.Length > 0 || before.PresentedId != transition.State.PresentedId || before.Paused != transition.State.Paused;
        if (changed)
        {
            publisher.Publish();
            EvidenceTrail.Record(ledger, shelf, before, transition.Facts, now, settings.Probe?.GetType().Name, listing, tag);
        }

        if (listing is not null)
        {
            EvidenceTrail.RecordExpiries(ledger, shelf, before, now);
        }

        shelf.NoteWhatAcceptancesMean();
        return changed;
    }
}
