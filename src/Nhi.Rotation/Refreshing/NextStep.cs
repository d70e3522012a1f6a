using System.Collections.Immutable;

namespace Nhi.Rotation.Refreshing;

/// <summary>What a credential needs next.</summary>
/// <param name="WakeAt">When time alone changes something, on the monotonic clock.</param>
/// <param name="ProbeNow">Versions to probe.</param>
/// <param name="ProveNow">Versions out of service to ask the other side about.</param>
/// <param name="Life">Of the version in use; <see langword="null"/> if there is none.</param>
/// <param name="Order">Grows with each step of the credential; of two, the larger one is true.</param>
internal readonly record struct NextStep(TimeSpan? WakeAt, ImmutableArray<string> ProbeNow, ImmutableArray<string> ProveNow, Life? Life, long Order);
