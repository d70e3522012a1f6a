using Nhi.Rotation.Cli.Reading;

namespace Nhi.Rotation.Cli.Output;

/// <summary>The whole report.</summary>
internal sealed record JsonReport(
    ExitCode Result, int ExitCode, IReadOnlyList<JsonRotation> Rotations, IReadOnlyList<JsonChain> Chains, IReadOnlyList<Finding> Findings);
