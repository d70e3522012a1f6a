using Nhi.Rotation.Evidence.Fleet;

namespace Nhi.Rotation.Cli;

/// <summary>What the evidence says.</summary>
/// <param name="Report">The answer.</param>
/// <param name="LeftAlone">Files that are no evidence.</param>
internal sealed record FleetAnswer(FleetReport Report, IReadOnlyList<string> LeftAlone);
