using System.Collections.Immutable;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Refreshing;

/// <summary>A credential, as the scheduler sees it: what it asks of it, and what it keeps of it, which its lock guards.</summary>
internal abstract class RefreshEntry
{
    private RefreshState _state;
    private PackedTime _wakeAt;
    private PackedTime _queuedAt;

    /// <summary>One that was never asked for and is due now.</summary>
    protected RefreshEntry(TimeSpan now) => _state = RefreshState.DueAt(now);

    public abstract string Name { get; }

    public abstract string Key { get; }

    public abstract ICredentialBackend Backend { get; }

    public abstract RefreshPolicy Policy { get; }

    /// <summary>What the rules know.</summary>
    public ref RefreshState Schedule => ref _state;

    /// <summary>When time alone changes something.</summary>
    public TimeSpan? WakeAt
    {
        get => _wakeAt.Span;
        set => _wakeAt = PackedTime.Of(value);
    }

    /// <summary>Versions out of service that the target last wanted to be asked about.</summary>
    public ImmutableArray<string> ProveNow { get; set; } = [];

    /// <summary>The order of the target's last word.</summary>
    public long Order { get; set; }

    /// <summary>Its place in the queue; below 0 while it is in none.</summary>
    public int Place { get; set; } = -1;

    /// <summary>When it is due, as the queue has it.</summary>
    public TimeSpan? QueuedAt
    {
        get => _queuedAt.Span;
        set => _queuedAt = PackedTime.Of(value);
    }

    /// <summary>Those who wait for the refresh under way, if anybody does.</summary>
    public TaskCompletionSource<FlightResult>? Waiting { get; set; }

    /// <summary>Those who wait for the one that follows it.</summary>
    public TaskCompletionSource<FlightResult>? WaitingForNext { get; set; }

    public BackendException? LastError { get; set; }

    public IDisposable? Watch { get; set; }

    public bool IsProbing { get; set; }

    public bool IsProving { get; set; }

    public TimeSpan NextDue => WakeAt is { } wake && wake < _state.RefreshAt ? wake : _state.RefreshAt;

    /// <summary>How the last refreshes went.</summary>
    public RefreshHealth ReadHealth(TimeSpan now) => LastError is { } error
        ? new RefreshHealth(error, _state.Failures, now - _state.FailingSince, Watch is not null)
        : new RefreshHealth(Error: null, Failures: 0, FailingFor: default, Watch is not null);

    public abstract BackendRequest NewRequest();

    /// <summary>Takes a listing in.</summary>
    /// <exception cref="BackendException">The listing was refused.</exception>
    public abstract NextStep TakeListing(BackendListing listing);

    /// <summary>Time passed.</summary>
    public abstract NextStep Tick();

    /// <summary>Probes one version and takes the result in. Does not throw but for cancellation.</summary>
    public abstract ValueTask<NextStep> ProbeAsync(string versionId, CancellationToken ct);

    /// <summary>Asks the other side about a version out of service and takes the result in. Does not throw but for cancellation.</summary>
    public abstract ValueTask<NextStep> ProveRetirementAsync(string versionId, CancellationToken ct);
}
