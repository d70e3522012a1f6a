using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Journal;

/// <summary>Where the lines for a sink stand.</summary>
/// <param name="Chain">In their chain.</param>
/// <param name="Introductions">How often they said whose they are.</param>
/// <param name="IntroducedAt">When they said so last.</param>
internal readonly record struct SinkPlace(ChainPosition Chain, int Introductions, DateTimeOffset? IntroducedAt);
