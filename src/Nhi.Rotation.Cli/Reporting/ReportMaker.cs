using System.Globalization;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Reporting;

/// <summary>Makes the report of one rotation out of what was judged. Pure.</summary>
internal static class ReportMaker
{
    // The head of a page has room for so many.
    private const int MaxAffected = 6;

    public static RotationReport Make(FleetReport report, FleetRotation rotation, IReadOnlyList<EvidenceLine> lines)
    {
        var exit = report.ToExitCode();
        var telling = Telling.Of(report);
        var options = GivenOption.Of(report.Question);
        return new RotationReport
        {
            MadeAt = report.Question.Now,
            MadeBy = Environment.UserName,
            Tool = ToolVersion.Text,
            Result = exit,
            ExitCode = (int)exit,
            Conclusion = Conclusion.Of(report, "below"),
            Affected = telling.Affected(rotation, MaxAffected),
            Credential = rotation.CredentialName,
            Owner = rotation.Owner,
            Purpose = rotation.Purpose,
            OldVersion = rotation.From,
            NewVersion = rotation.To,
            IsInferred = rotation.IsInferred,
            Verdict = rotation.Kind,
            Since = rotation.Since,
            Options = options,
            Proofs = Proofs.Of(rotation, lines, telling, options.Any(static option => option.IsOverride)),
            Timeline = Timeline.Of(rotation, report.Question),
            Instances = Instances(report, rotation),
            Users = Users(rotation),
            Hunts = rotation.Hunts,
            Doubts = Doubts(report),
            Controls = Controls.Of(rotation, report),
            Limits = Limits.All,
        };
    }

    private static IReadOnlyList<InstanceRow> Instances(FleetReport report, FleetRotation rotation)
    {
        var verdicts = rotation.Instances.DistinctBy(static one => one.Instance).ToDictionary(static one => one.Instance, StringComparer.Ordinal);
        return
        [
            .. from instance in report.Instances
               let verdict = verdicts.GetValueOrDefault(instance.Instance)
               orderby verdict is null, instance.App, instance.Name
               select new InstanceRow(
                   instance.App,
                   instance.Instance,
                   instance.Name,
                   instance.Place,
                   report.Gone.GetValueOrDefault(instance.Instance) is { } gone ? $"gone: {gone}" : instance.IsClosed ? "stopped in good order" : "runs, or did not say that it stopped",
                   instance.LastAt,
                   verdict?.Verdict.Kind,
                   verdict?.Verdict.Reasons ?? [],
                   instance.Lines,
                   instance.Head),
        ];
    }

    private static IReadOnlyList<UserRow> Users(FleetRotation rotation) =>
    [
        .. from instance in rotation.Instances
           from use in instance.Evidence.Uses
           group use by (instance.App, use.Consumer, use.Caller) into user
           orderby user.Max(static use => use.LastUse) descending
           select new UserRow(
               user.Key.App,
               user.Key.Consumer,
               user.Key.Caller,
               user.Sum(static use => use.Uses),
               user.Sum(static use => use.ResidualInOverlap),
               user.Sum(static use => use.ResidualRetired),
               user.Sum(static use => use.Held + use.LostHolds + (use.Kept == KeptObjects.None ? 0 : 1)),
               user.Min(static use => use.FirstUse),
               user.Max(static use => use.LastUse)),
    ];

    private static IReadOnlyList<string> Doubts(FleetReport report) =>
    [
        .. report.OpenQuestions,
        .. report.Findings.Where(static finding => finding.Kind != FindingKind.Unclosed)
            .Select(static finding => string.Create(CultureInfo.InvariantCulture, $"{TableOutput.Label(finding.Kind)}: {Path.GetFileName(finding.File)}:{finding.Line}: {finding.Message}")),
        .. report.SharedSecrets.Select(static secret => $"One secret under several names: {string.Join(" and ", secret.Select(static holder => $"{holder.App}/{holder.Credential} ({holder.Version})"))}."),
    ];
}
