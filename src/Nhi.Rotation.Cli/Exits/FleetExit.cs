using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli;

/// <summary>A report as an exit code.</summary>
internal static class FleetExit
{
    public static ExitCode ToExitCode(this FleetReport report)
    {
        if (report.Findings.Any(finding => finding.Kind == FindingKind.Tampered) || report.Rotations.Any(rotation => rotation.Kind == VerdictKind.Violated))
        {
            return ExitCode.Violated;
        }

        if (report.Rotations.Any(rotation => rotation.Kind == VerdictKind.StillUsed))
        {
            return ExitCode.StillUsed;
        }

        var isComplete = report.OpenQuestions.Count == 0 && !report.Findings.Any(finding => finding.Kind is FindingKind.Unreadable);
        return isComplete && report.Rotations.Count > 0 && report.Rotations.All(rotation => rotation.Kind is VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked)
            ? ExitCode.Safe
            : ExitCode.NotEnoughEvidence;
    }
}
