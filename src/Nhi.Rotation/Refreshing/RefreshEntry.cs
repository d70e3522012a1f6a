using System.Collections.Immutable;
using Nhi.Rotation.Time;

namespace Nhi.Rotation.Refreshing;

/// <summary>What the scheduler keeps for one credential. All members but the target are guarded by the scheduler's lock.</summary>
internal sealed class RefreshEntry
{
    private RefreshState _state;
    private PackedTime _wakeAt;
    private PackedTime _queuedAt;

    public RefreshEntry(IRefreshTarget target, TimeSpan now)
    {
        Target = target;
        _state = RefreshState.DueAt(now);
    }

    public IRefreshTarget Target { get; }

    /// <summary>What the rules know.</summary>
    public ref RefreshState State => ref _state;

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

    /// <summary>How the last refreshes went.</summary>
    public RefreshHealth ReadHealth(TimeSpan now) => LastError is { } error ? new RefreshHealth(error, _state.Failures, now - _state.FailingSince) : default;

    public TimeSpan NextDue => WakeAt is { } wake && wake < _state.RefreshAt ? wake : _state.RefreshAt;
}
