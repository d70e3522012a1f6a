using System.Globalization;
using System.Text.Json;
using Nhi.Rotation.Cli.Output;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>What was found, and never a value or what stands around it.</summary>
internal static class HuntOutput
{
    public static void Write(Findings findings, OutputFormat format, TextWriter output)
    {
        if (format == OutputFormat.Json)
        {
            output.WriteLine(JsonSerializer.Serialize(Shape(findings), HuntJson.Default.JsonHunt));
            return;
        }

        foreach (var (hit, copies) in findings.Hits)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(hit.IsGarbage ? "garbage" : "HELD")}: {TerminalText.Of(hit.Place)} has '{TerminalText.Of(hit.Value)}' as {hit.Form}{(copies == 1 ? string.Empty : $", {copies} times")}"));
            output.WriteLine($"  {TerminalText.Of(hit.Where)}");
        }

        foreach (var missed in findings.NotSeen)
        {
            output.WriteLine($"NOT SEEN: {TerminalText.Of(missed)}");
        }

        foreach (var (place, stopped) in findings.Stopped)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TerminalText.Of(place)} was stopped for {stopped.TotalSeconds:0.0} s."));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Looked into {Count(findings.Processes, "process", "processes")} and {Count(findings.Files, "file", "files")}. {Result(findings.ExitCode)}"));
    }

    private static string Count(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");

    private static string Result(ExitCode result) => result switch
    {
        ExitCode.StillUsed => "HELD: where it is named above.",
        ExitCode.NotEnoughEvidence => "NOT PROVEN: not everywhere could be looked at.",
        _ => "NOWHERE: it is held in none of them. What was not looked at may have it.",
    };

    private static JsonHunt Shape(Findings findings) => new(
        JsonHunt.CurrentFormat,
        findings.ExitCode switch { ExitCode.StillUsed => "Held", ExitCode.NotEnoughEvidence => "NotProven", _ => "Nowhere" },
        (int)findings.ExitCode,
        findings.Processes,
        findings.Files,
        [.. findings.Hits.Select(static hit => new JsonHit(hit.Hit.Value, hit.Hit.Place, hit.Hit.Where, hit.Hit.Form, hit.Copies, hit.Hit.IsGarbage))],
        [.. findings.NotSeen],
        [.. findings.Stopped.Select(static stopped => new JsonStopped(stopped.Place, stopped.Time))]);
}
