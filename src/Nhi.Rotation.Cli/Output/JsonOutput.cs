using System.Text.Json;
using Nhi.Rotation.Evidence.Fleet;

namespace Nhi.Rotation.Cli.Output;

/// <summary>The report for programs.</summary>
internal static class JsonOutput
{
    public static void Write(FleetReport report, IReadOnlyList<string> leftAlone, TextWriter output) =>
        output.WriteLine(JsonSerializer.Serialize(Shape(report, leftAlone), ReportJson.Default.JsonReport));

    private static JsonReport Shape(FleetReport report, IReadOnlyList<string> leftAlone) => new(
        JsonReport.CurrentFormat,
        report.ToExitCode(),
        (int)report.ToExitCode(),
        JsonQuestion.Of(report.Question),
        report.OpenQuestions,
        report.KnownNames,
        leftAlone,
        [.. report.Rotations.Select(Shape)],
        [.. report.Instances.Select(instance => new JsonChain(instance.App, instance.Instance, instance.Resource.Count == 0 ? null : instance.Resource, instance.Files, instance.Lines, instance.IsClosed, report.Gone.GetValueOrDefault(instance.Instance), instance.LastAt, instance.Head))],
        [.. report.Findings],
        report.SharedSecrets.Count == 0 ? null : report.SharedSecrets);

    private static JsonRotation Shape(FleetRotation rotation) => new(
        rotation.CredentialName,
        rotation.Owner,
        rotation.Purpose,
        rotation.From,
        rotation.To,
        rotation.IsInferred,
        rotation.Kind,
        rotation.Since,
        rotation.Hunts,
        [.. rotation.Instances.Select(instance => new JsonInstance(instance.App, instance.Instance, instance.IsOver, instance.AsOf, instance.Verdict.Kind, instance.Evidence))]);
}
