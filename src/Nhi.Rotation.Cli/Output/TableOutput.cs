using System.Globalization;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Cli.Output;

/// <summary>The report for people: it fits a screen, the worst first, unless everything is asked for.</summary>
internal static class TableOutput
{
    // Rows and rotations that are explained, and sentences of a kind.
    private const int MaxRows = 10;
    private const int MaxExplained = 3;
    private const int MaxSentences = 10;

    private static readonly string[] Header = ["credential", "old version", "new version", "verdict", "since (UTC)", "instances"];

    public static void Write(FleetReport report, IReadOnlyList<string> leftAlone, TextWriter output, bool isVerbose = false)
    {
        FleetRotation[] rotations = [.. report.Rotations.OrderByDescending(static rotation => Telling.Rank(rotation.Kind))];
        var (rows, explained, sentences) = isVerbose ? (rotations.Length, rotations.Length, int.MaxValue) : (Math.Min(rotations.Length, MaxRows), Explained(rotations), MaxSentences);
        TextTable.Write(output, [Header, .. rotations[..rows].Select(Row)]);
        var telling = Telling.Of(report);
        string[] lines =
        [
            .. More(rotations.Length - rows, "rotation", rotations[rows..].Select(static rotation => rotation.Kind)),
            .. rotations[..explained].SelectMany(rotation => RotationText.Of(rotation, telling, isVerbose)),
            .. explained < rows ? ["", $"--verbose explains all {rotations.Length}."] : Array.Empty<string>(),
            "",
            .. report.SharedSecrets.Select(static secret => $"SAME SECRET: {string.Join(" and ", secret.Select(static holder => $"{holder.App}/{holder.Credential} ({holder.Version})"))}: revoking it hits {(secret.Count == 2 ? "both" : "all")}"),
            .. ChainText.Of(report, isVerbose),
            .. report.KnownNames.Take(sentences).Select(static name => $"known: {name.Before} is {name.Now} now: {name.Because}"),
            .. leftAlone.Take(sentences).Select(static file => $"left alone: {file} is no evidence"),
            .. report.OpenQuestions.Take(sentences).Select(static question => $"OPEN QUESTION: {question}"),
            .. report.OpenQuestions.Count > sentences ? [string.Create(CultureInfo.InvariantCulture, $"OPEN QUESTION: {report.OpenQuestions.Count - sentences} more")] : Array.Empty<string>(),
            "",
            $"Judged at {VerdictWords.Time(report.Question.Now)} by nhi-rotation {ToolVersion.Text}.",
            Conclusion.Of(report, "above") + Given(report.Question),
        ];

        // Names come from files that anybody may have written: none may start a line of its own or steer a terminal.
        foreach (var line in lines)
        {
            output.WriteLine(TerminalText.Of(line));
        }
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

    // Where there are many, a good one needs no reasons beside a bad one.
    private static int Explained(FleetRotation[] rotations) => rotations.Length <= MaxExplained ? rotations.Length : Math.Clamp(rotations.Count(static rotation => Telling.Rank(rotation.Kind) > Telling.Rank(VerdictKind.SafeToRevoke)), 1, MaxExplained);

    private static string[] More(int count, string what, IEnumerable<VerdictKind> kinds) => count == 0
        ? []
        : [string.Create(CultureInfo.InvariantCulture, $"and {count} more {what}{(count == 1 ? "" : "s")}: {string.Join(", ", kinds.CountBy(static kind => kind).Select(static kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Value} {kind.Key}")))}")];

    // An answer that rests on what was given says so, wherever it is quoted.
    private static string Given(FleetQuestion question)
    {
        var declared = question.Declared;
        string[] given =
        [
            .. question.QuietPeriod is { } quiet ? [$"a quiet period of {quiet}"] : Array.Empty<string>(),
            .. question.MaxAge != FleetQuestion.DefaultMaxAge ? [$"last lines up to {question.MaxAge} old"] : Array.Empty<string>(),
            .. question.Gone.Take(MaxSentences).Select(static id => $"{id} is gone"),
            .. question.Gone.Count > MaxSentences ? [string.Create(CultureInfo.InvariantCulture, $"{question.Gone.Count - MaxSentences} more are gone")] : Array.Empty<string>(),
            .. question.Alive is { } alive ? [string.Create(CultureInfo.InvariantCulture, $"a list of {alive.Count} that run")] : Array.Empty<string>(),
            .. question.GoneAfter is { } silence ? [$"gone after {silence} without a line"] : Array.Empty<string>(),
            .. declared.RetiredConsumers.Select(static consumer => $"{consumer} is retired"),
            .. declared.Renamed.Select(static name => $"{name.Key} is {name.Value} now"),
            .. declared.AcceptedLosses.Select(static id => $"what {id} lost does not matter"),
        ];
        return given.Length == 0 ? "" : $" Given by {Environment.UserName}: {string.Join(", ", given)}{(declared.Because is null ? "" : $", because {declared.Because}")}.";
    }

    private static string[] Row(FleetRotation rotation) =>
    [
        rotation.CredentialName,
        rotation.From,
        rotation.To ?? "none",
        rotation.Kind.ToString(),
        rotation.Since is { } since ? since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "",
        rotation.Instances.Count.ToString(CultureInfo.InvariantCulture),
    ];
}
