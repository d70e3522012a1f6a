using System.Collections.Immutable;

namespace Nhi.Rotation.Refreshing;

/// <summary>What a credential needs next.</summary>
/// <param name="WakeAt">When time alone changes something, on the monotonic clock.</param>
/// <param name="ProbeNow">Versions to probe.</param>
internal readonly record struct NextStep(TimeSpan? WakeAt, ImmutableArray<string> ProbeNow);
