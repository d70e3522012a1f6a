using Nhi.Rotation.EventStream;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Leases;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Revocations;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Providers;

/// <summary>What all credentials of a process share.</summary>
internal sealed record EngineParts(EngineClock Clock, RefreshScheduler Scheduler, UseLedger Ledger, CredentialMetrics Metrics, EngineLog Log, StandingRevocations Revocations, EventFeed Events, SharedSecrets Secrets, EvidenceParts Evidence, LeaseDesk Leases)
{
    public Stepper Stepper { get; } = new(Clock, Ledger, Metrics, Log, Events, Secrets.Note, Evidence.Tags is { } tags ? value => tags.Of(value.Span) : null);

    /// <summary>Has the versions given back that a store makes for this process alone.</summary>
    public void Lease(CoreSettings settings, IBackendRevoker lessor, Func<CredentialState> state, Action signal) =>
        Leases.Add(new Leaseholder(settings.Name, settings.Key, lessor, state, signal));

    /// <summary>Has a compromised version ended by the store that made it for this process alone; does nothing where others share it.</summary>
    public Task GiveBackAsync(string credential, string versionId, CancellationToken ct) => Leases.GiveBackAsync(credential, versionId, ct);
}
