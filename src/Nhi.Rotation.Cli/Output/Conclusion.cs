using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Output;

/// <summary>The answer in a sentence. One that rests on limits that were overridden does not read like one that does not.</summary>
internal static class Conclusion
{
    /// <summary>Of what was judged.</summary>
    /// <param name="report">The report.</param>
    /// <param name="place">Where those who are concerned are named: above or below.</param>
    public static string Of(FleetReport report, string place) => report.ToExitCode() switch
    {
        ExitCode.Safe when GivenOption.Of(report.Question).Any(static option => option.IsOverride) => "SAFE ONLY AS GIVEN: every old version may be revoked, or is proven to be, if what was given is right.",
        ExitCode.Safe => "SAFE: every old version may be revoked, or is proven to be.",
        ExitCode.StillUsed => $"STILL USED: revoking now breaks whoever is named {place}.",
        ExitCode.Violated when report.Findings.Any(finding => finding.Kind == FindingKind.Tampered) => "VIOLATED: the evidence was tampered with.",
        ExitCode.Violated => "VIOLATED: an old version was used or accepted after its end.",
        _ when report.Rotations.Count == 0 => "NOT ENOUGH EVIDENCE: no rotation was found, of what was asked for.",
        _ => "NOT ENOUGH EVIDENCE: nothing speaks against it, but proof is missing.",
    };
}
