using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Output;

/// <summary>The whole report. docs/rotate-with-proof.md shows all of it.</summary>
internal sealed record JsonReport(
    int Format, ExitCode Result, int ExitCode, JsonQuestion Question, IReadOnlyList<string> OpenQuestions, IReadOnlyList<KnownName> KnownNames, IReadOnlyList<string> LeftAlone, IReadOnlyList<JsonRotation> Rotations, IReadOnlyList<JsonChain> Chains, IReadOnlyList<Finding> Findings, IReadOnlyList<IReadOnlyList<SecretHolder>>? SharedSecrets)
{
    /// <summary>Properties may be added to a format; one that goes or means something else makes another.</summary>
    public const int CurrentFormat = 1;
}
