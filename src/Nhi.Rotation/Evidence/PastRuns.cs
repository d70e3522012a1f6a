using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Evidence;

/// <summary>What is known of other runs at one moment.</summary>
/// <param name="Runs">Their evidence.</param>
/// <param name="Gap">Why it is not known who used a credential there; <see langword="null"/> when it is.</param>
internal sealed record PastRuns(IReadOnlyList<InstanceEvidence> Runs, string? Gap);
