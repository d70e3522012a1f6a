using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Nhi.Rotation.Cli.Fleet;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Reading;

namespace Nhi.Rotation.Cli;

/// <summary>The command line: <c>nhi-rotation verify FILE|DIR... [--format table|json] [--quiet-period TIME] [--credential NAME] [--old-version ID]</c>.</summary>
internal static class VerifyCommand
{
    private const string Json = "json";
    private const string Table = "table";

    private static readonly Argument<string[]> Paths = new("path")
    {
        Description = "Evidence files, or directories of them (*.jsonl). Pass those of every instance that is or may be running.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Format = new Option<string>("--format") { Description = "How to print.", DefaultValueFactory = _ => Table }
        .AcceptOnlyFromAmong(Table, Json);

    private static readonly Option<TimeSpan?> QuietPeriod = new("--quiet-period")
    {
        Description = "How long nobody may have used an old version: 90s, 30m, 1h, 2d or hh:mm:ss. Without it, what each instance was configured with.",
        CustomParser = ParseTime,
    };

    private static readonly Option<string?> Credential = new("--credential") { Description = "Judge only this credential." };

    private static readonly Option<string?> OldVersion = new("--old-version") { Description = "Judge only this old version." };

    public static int Run(string[] args, TimeProvider time, TextWriter output, TextWriter errors)
    {
        var verify = new Command("verify", "Checks evidence files, merges them, and says whether the old versions may be revoked. Exit code: 0 safe, 1 still used, 2 violated or tampered with, 3 not enough evidence, 64 usage.")
        {
            Paths, Format, QuietPeriod, Credential, OldVersion,
        };
        verify.SetAction(result => (int)Verify(result, time, output, errors));
        var parsed = new RootCommand("Evidence of credential rotations.") { verify }.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            return (int)Refuse(errors, [.. parsed.Errors.Select(error => error.Message)]);
        }

        return parsed.Invoke(new InvocationConfiguration { Output = output, Error = errors });
    }

    private static ExitCode Verify(ParseResult arguments, TimeProvider time, TextWriter output, TextWriter errors)
    {
        List<string> files = [];
        foreach (var path in arguments.GetValue(Paths)!)
        {
            if (Directory.Exists(path))
            {
                files.AddRange(Directory.EnumerateFiles(path, "*.jsonl", SearchOption.AllDirectories));
            }
            else if (File.Exists(path))
            {
                files.Add(path);
            }
            else
            {
                return Refuse(errors, [$"'{path}' does not exist."]);
            }
        }

        if (files.Count == 0)
        {
            return Refuse(errors, ["There is no *.jsonl file in the given directories."]);
        }

        var instances = EvidenceReader.Read(files);
        var report = FleetReport.Of(instances, time.GetUtcNow(), arguments.GetValue(QuietPeriod), arguments.GetValue(Credential), arguments.GetValue(OldVersion));
        if (arguments.GetValue(Format) == Json)
        {
            JsonOutput.Write(report, output);
        }
        else
        {
            TableOutput.Write(report, output);
        }

        return report.ExitCode;
    }

    private static ExitCode Refuse(TextWriter errors, string[] reasons)
    {
        foreach (var reason in reasons)
        {
            errors.WriteLine(reason);
        }

        errors.WriteLine("usage: nhi-rotation verify FILE|DIR... [--format table|json] [--quiet-period TIME] [--credential NAME] [--old-version ID]");
        return ExitCode.Usage;
    }

    private static TimeSpan? ParseTime(ArgumentResult argument)
    {
        var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : string.Empty;
        if (TimeOf(text) is { } time && time >= TimeSpan.Zero)
        {
            return time;
        }

        argument.AddError($"'{text}' is no time. Use 90s, 30m, 1h, 2d or hh:mm:ss.");
        return null;
    }

    private static TimeSpan? TimeOf(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;
        }

        const int MaxDays = 36_500;
        var seconds = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
        return seconds > 0 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * seconds <= MaxDays * 86_400d
            ? TimeSpan.FromSeconds(number * seconds)
            : null;
    }
}
