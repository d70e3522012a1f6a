using System.Globalization;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Output;

/// <summary>The report for people.</summary>
internal static class TableOutput
{
    private static readonly string[] Header = ["credential", "old version", "new version", "verdict", "since (UTC)", "instances"];

    public static void Write(FleetReport report, IReadOnlyList<string> leftAlone, TextWriter output)
    {
        TextTable.Write(output, [Header, .. report.Rotations.Select(Row)]);
        var names = report.Instances.DistinctBy(static instance => instance.Instance).ToDictionary(static instance => instance.Instance, static instance => instance.Name, StringComparer.Ordinal);
        foreach (var rotation in report.Rotations)
        {
            WriteReasons(output, rotation, names);
        }

        output.WriteLine();
        WriteShared(output, report);
        foreach (var instance in report.Instances)
        {
            WriteLine(output, string.Create(CultureInfo.InvariantCulture, $"{instance.App} {instance.Name}: {instance.Files.Count} file(s), {instance.Lines} lines, {StateOf(report, instance)}, chain head {instance.Head}"));
        }

        foreach (var finding in report.Findings)
        {
            WriteLine(output, $"{Label(finding.Kind)}: {finding.File}:{finding.Line.ToString(CultureInfo.InvariantCulture)}: {finding.Message}");
        }

        foreach (var name in report.KnownNames)
        {
            WriteLine(output, $"known: {name.Before} is {name.Now} now: {name.Because}");
        }

        foreach (var file in leftAlone)
        {
            WriteLine(output, $"left alone: {file} is no evidence");
        }

        foreach (var question in report.OpenQuestions)
        {
            WriteLine(output, $"OPEN QUESTION: {question}");
        }

        output.WriteLine();
        WriteLine(output, Conclusion.Of(report) + Given(report.Question));
    }

    private static string StateOf(FleetReport report, InstanceEvidence instance) =>
        report.Gone.GetValueOrDefault(instance.Instance) is { } because ? $"gone: {because}" : instance.IsClosed ? "closed" : "open";

    private static void WriteShared(TextWriter output, FleetReport report)
    {
        foreach (var secret in report.SharedSecrets)
        {
            WriteLine(output, $"SAME SECRET: {string.Join(" and ", secret.Select(holder => $"{holder.App}/{holder.Credential} ({holder.Version})"))}: revoking it hits {(secret.Count == 2 ? "both" : "all")}");
        }
    }

    // An answer that rests on what was given says so, wherever it is quoted.
    private static string Given(FleetQuestion question)
    {
        var declared = question.Declared;
        string[] given =
        [
            .. question.QuietPeriod is { } quiet ? [$"a quiet period of {quiet}"] : Array.Empty<string>(),
            .. question.MaxAge != FleetQuestion.DefaultMaxAge ? [$"last lines up to {question.MaxAge} old"] : Array.Empty<string>(),
            .. question.Gone.Select(id => $"{id} is gone"),
            .. question.Alive is { } alive ? [string.Create(CultureInfo.InvariantCulture, $"a list of {alive.Count} that run")] : Array.Empty<string>(),
            .. question.GoneAfter is { } silence ? [$"gone after {silence} without a line"] : Array.Empty<string>(),
            .. declared.RetiredConsumers.Select(consumer => $"{consumer} is retired"),
            .. declared.Renamed.Select(name => $"{name.Key} is {name.Value} now"),
            .. declared.AcceptedLosses.Select(id => $"what {id} lost does not matter"),
        ];
        return given.Length == 0 ? "" : $" Given by {Environment.UserName}: {string.Join(", ", given)}{(declared.Because is null ? "" : $", because {declared.Because}")}.";
    }

    public static string Label(FindingKind kind) => kind switch
    {
        FindingKind.Tampered => "TAMPERED",
        FindingKind.Unclosed => "open",
        FindingKind.Torn => "torn",
        FindingKind.Lost => "LOST",
        FindingKind.SetBack => "clock",
        _ => "UNREADABLE",
    };

    private static string[] Row(FleetRotation rotation) =>
    [
        rotation.CredentialName,
        rotation.From,
        rotation.To ?? "none",
        rotation.Kind.ToString(),
        rotation.Since is { } since ? since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "",
        rotation.Instances.Count.ToString(CultureInfo.InvariantCulture),
    ];

    private static void WriteReasons(TextWriter output, FleetRotation rotation, Dictionary<string, string> names)
    {
        output.WriteLine();
        WriteLine(output, $"{rotation.CredentialName} {rotation.From}: {rotation.Kind}{(rotation.Owner is null ? "" : $" (owner {rotation.Owner})")}");
        if (rotation.IsInferred)
        {
            WriteLine(output, $"  The change to {rotation.To} is inferred: no process lived through it, and later runs have that version.");
        }

        foreach (var hunt in rotation.Hunts)
        {
            WriteLine(output, $"  {hunt}");
        }

        foreach (var instance in rotation.Instances)
        {
            WriteLine(output, $"  {instance.App} {names[instance.Instance]}: {instance.Verdict.Kind}");
            // What an instance by itself would allow is no reason: it would contradict the verdict.
            foreach (var reason in instance.Verdict.Kind == rotation.Kind ? instance.Verdict.Reasons : [])
            {
                WriteLine(output, $"    {reason}");
            }
        }
    }

    // Names come from files that anybody may have written: none may start a line of its own or steer a terminal.
    private static void WriteLine(TextWriter output, string line) => output.WriteLine(TerminalText.Of(line));
}
