using System.Collections.Immutable;

namespace Nhi.Rotation.Lifecycle;

/// <summary>The outcome of one step.</summary>
/// <param name="State">What is known now.</param>
/// <param name="Facts">What changed, in order.</param>
/// <param name="WakeAt">When time alone changes something next, on the monotonic clock.</param>
/// <param name="ProbeNow">Versions that wait for nothing but a probe.</param>
/// <param name="ProveNow">Versions out of service to ask the other side about.</param>
/// <param name="Refusal">Why the listing was refused as a whole; the state is then the old one.</param>
internal readonly record struct Transition(
    CredentialState State,
    ImmutableArray<LifecycleFact> Facts,
    TimeSpan? WakeAt,
    ImmutableArray<string> ProbeNow,
    ImmutableArray<string> ProveNow,
    string? Refusal = null);
