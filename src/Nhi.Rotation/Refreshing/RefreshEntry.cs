using System.Collections.Immutable;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Refreshing;

/// <summary>What the scheduler keeps for one credential. All members are guarded by the scheduler's lock.</summary>
internal sealed class RefreshEntry
{
    private PackedTime _wakeAt;
    private PackedTime _queuedAt;
    private PackedTime _lastRejectionRefreshAt;

    public RefreshEntry(IRefreshTarget target) => Target = target;

    public IRefreshTarget Target { get; }

    /// <summary>When to ask the backend.</summary>
    public TimeSpan RefreshAt { get; set; }

    /// <summary>Why, when it is due.</summary>
    public RefreshReason DueReason { get; set; } = RefreshReason.Startup;

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

    /// <summary>What the queue holds for this entry; anything else in it is outdated.</summary>
    public TimeSpan? QueuedAt
    {
        get => _queuedAt.Span;
        set => _queuedAt = PackedTime.Of(value);
    }

    /// <summary>The refresh under way.</summary>
    public TaskCompletionSource<FlightResult>? Flight { get; set; }

    /// <summary>The refresh to start when the present one ends, for those who came too late for it.</summary>
    public TaskCompletionSource<FlightResult>? FollowUp { get; set; }

    public RefreshReason FollowUpReason { get; set; }

    public bool HasFlown { get; set; }

    public BackendException? LastError { get; set; }

    public int Failures { get; set; }

    public TimeSpan FailingSince { get; set; }

    public TimeSpan? LastRejectionRefreshAt
    {
        get => _lastRejectionRefreshAt.Span;
        set => _lastRejectionRefreshAt = PackedTime.Of(value);
    }

    public TimeSpan LastSignalAt { get; set; } = TimeSpan.MinValue;

    public TimeSpan SignalSpacing { get; set; }

    public IDisposable? Watch { get; set; }

    public bool IsProbing { get; set; }

    public bool IsProving { get; set; }

    public TimeSpan NextDue => WakeAt < RefreshAt ? WakeAt.Value : RefreshAt;
}
